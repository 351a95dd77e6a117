import init from "rusty-attachments-wasm";

/** Where the module comes from: its address, its bytes, or compiled. */
export type WasmSource = URL | string | BufferSource | WebAssembly.Module;

let loading: Promise<void> | undefined;

/**
 * Loads the WASM module into this context, once; later calls wait for the first one.
 *
 * Without a source it is looked for beside the script that holds this code, under the name
 * `rusty_attachments_wasm_bg.wasm`.
 *
 * @throws what `fetch` or `WebAssembly` throw; the next call tries again.
 */
export function loadWasm(source?: WasmSource): Promise<void> {
  loading ??= init(source === undefined ? undefined : { module_or_path: source }).then(
    () => undefined,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

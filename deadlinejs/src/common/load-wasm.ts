import instantiate, { AttachmentError, initSync as instantiateSync } from "rusty-attachments-wasm";
import { moduleUrl } from "./module-url.ts";

/** Where the module comes from: its address, its bytes, or compiled. */
export type WasmSource = URL | string | BufferSource | WebAssembly.Module;

let loading: Promise<WebAssembly.Module> | undefined;

/**
 * Loads the WASM module into this context, once; later calls wait for the first one, whatever their source.
 *
 * Functions that return a promise call this themselves; the others (`casKey`, `Manifest`, ...) need it
 * to have been awaited before.
 *
 * @param source address (`file:` addresses in Node too), bytes, or the compiled module. Without it the
 * module is looked for beside the script that holds this code, under the name `rusty_attachments_wasm_bg.wasm`;
 * the slim package has no such place and needs a source.
 * @throws `AttachmentError` with code `module-unavailable` (the cause says why) or, in the slim package,
 * `module-not-loaded`; the next call tries again
 */
export async function init(source?: WasmSource): Promise<void> {
  await loadedModule(source);
}

/**
 * As {@link init} for a module whose bytes are at hand, without waiting. Browsers allow this in workers; in a
 * page only for small modules.
 *
 * @param source bytes or the compiled module
 * @throws what `WebAssembly` throws
 */
export function initSync(source: BufferSource | WebAssembly.Module): void {
  if (loading) return;
  const module = isModule(source)
    ? (source as WebAssembly.Module)
    : new WebAssembly.Module(source as BufferSource);
  instantiateSync({ module });
  loading = Promise.resolve(module);
}

/** Loads the module if need be and gives it, so that workers need not compile it again. */
export function loadedModule(source?: WasmSource): Promise<WebAssembly.Module> {
  loading ??= load(source).catch((error: unknown) => {
    loading = undefined;
    throw error instanceof AttachmentError ? error : unavailable(String(error), error);
  });
  return loading;
}

async function load(source: WasmSource | undefined): Promise<WebAssembly.Module> {
  const module = await compile(source ?? moduleUrl());
  await instantiate({ module_or_path: module });
  return module;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source as WebAssembly.Module;
  if (typeof source !== "string" && !(source instanceof URL))
    return WebAssembly.compile(source as BufferSource);
  const bytes = await readFileUrl(String(source));
  if (bytes) return WebAssembly.compile(bytes);
  const response = await fetch(source);
  if (!response.ok) throw unavailable(`${response.url} was answered with status ${response.status}`);
  const isTyped = response.headers.get("content-type")?.trim().toLowerCase() === "application/wasm";
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** The bytes behind a `file:` address, which `fetch` of Node does not take; nothing where there is no file system. */
async function readFileUrl(url: string): Promise<BufferSource | undefined> {
  // Not imported: a bundler for browsers would have to be told what to do with it.
  const files = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  return files && url.startsWith("file:") ? new Uint8Array(await files.readFile(new URL(url))) : undefined;
}

/** Also for a module that came from another realm, of which `instanceof` knows nothing. */
function isModule(source: WasmSource): boolean {
  return Object.prototype.toString.call(source) === "[object WebAssembly.Module]";
}

function unavailable(why: string, cause?: unknown): AttachmentError {
  return new AttachmentError(`The WASM module could not be loaded: ${why}.`, "module-unavailable", { cause });
}

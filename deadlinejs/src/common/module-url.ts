/**
 * Where the WASM module is: beside this file, or beside the bundle that holds it. Vite and webpack find this
 * expression and copy the module; for other bundlers it has to be copied by hand.
 */
export function moduleUrl(): URL {
  return new URL("./rusty_attachments_wasm_bg.wasm", import.meta.url);
}

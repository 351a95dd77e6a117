import { AttachmentError } from "rusty-attachments-wasm";

/** Stands for `module-url.ts` in the slim package, which knows of no module of its own. */
export function moduleUrl(): URL {
  throw new AttachmentError(
    "The WASM module is not loaded. Call init() with its address, its bytes or the compiled module first.",
    "module-not-loaded",
  );
}

/**
 * What every part of deadlinejs shares: the WASM module, the types that cross its border, progress and
 * errors.
 */
export * from "rusty-attachments-wasm";
export { READ_CHUNK_SIZE, SMALL_FILE_THRESHOLD } from "./constants.ts";
export type { HashedFile } from "./hashed-file.ts";
export { init, initSync, type WasmSource } from "./load-wasm.ts";
export { noOpProgress, type ProgressCallback, type ProgressPhase, type ProgressUpdate } from "./progress.ts";

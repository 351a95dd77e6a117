/**
 * Reading and hashing files, off the main thread. Knows nothing of storage.
 */
export {
  createHashExecutor,
  type HashExecutorOptions,
  type HashExecutorType,
} from "./create-hash-executor.ts";
export type { FileHash, PiecewiseHash } from "./file-hasher.ts";
export type { FilesToHash, FileToHash, PlacedFile } from "./file-to-hash.ts";
export type { HashExecutor, HashOptions } from "./hash-executor.ts";
export { hashFileStreaming } from "./hash-file-streaming.ts";
export type { HashLanes } from "./hash-lanes.ts";
export type { BytesRead, FileFailed, FileHashed, FileOfJob, HashJob, HashReport } from "./hash-messages.ts";
export { MainThreadExecutor } from "./main-thread-executor.ts";
export { HASH_SLICE_BYTES } from "./slices.ts";
export { PooledWorkerExecutor, WorkerExecutor } from "./worker-executor.ts";

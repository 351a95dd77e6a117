/**
 * Reading and hashing files, off the main thread. Knows nothing of storage.
 */
export { HASH_SLICE_BYTES, hashFiles } from "./hash-files.ts";
export type { FromHashWorker, HashJob, HashReport } from "./hash-messages.ts";
export { HashPool, type HashPoolOptions } from "./hash-pool.ts";
export { readFailure } from "./read-failure.ts";

/**
 * Smallest reading that is worth its cost, in bytes: 1 MiB. Browsers read in larger pieces much faster,
 * so everything here reads `HASH_SLICE_BYTES` at once unless it is told otherwise.
 */
export const READ_CHUNK_SIZE = 1024 * 1024;

/** From this size on a file counts as large, in bytes: 80 MiB. */
export const SMALL_FILE_THRESHOLD: bigint = 80n * 1024n * 1024n;

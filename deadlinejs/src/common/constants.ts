/**
 * Least that is worth reading at once, in bytes: 1 MiB. Browsers read larger pieces faster, so everything here
 * takes `HASH_SLICE_BYTES` unless it is told otherwise.
 */
export const READ_CHUNK_SIZE = 1024 * 1024;

/** From this size on a file counts as large, in bytes: 80 MiB. */
export const SMALL_FILE_THRESHOLD: bigint = 80n * 1024n * 1024n;

import { throwIfCancelled, unlessCancelled } from "../common/cancellation.ts";
import { init, ValidationError } from "../common/index.ts";
import { chunkSizeOf, type FileHash, fileHash, PiecewiseHasher } from "./file-hasher.ts";
import { nameOf, unreadable } from "./hash-all.ts";
import { FailedReading, HASH_SLICE_BYTES, slices } from "./slices.ts";

/**
 * Hashes one file where it is called, with no more than one piece of it in memory.
 *
 * @param file the bytes
 * @param chunkSize how much is read at once, in bytes, at least 1; has no effect on the hashes. The default is
 * 4 MiB, `HASH_SLICE_BYTES`; pieces of `READ_CHUNK_SIZE` are slower to read in browsers.
 * @param signal ends the work
 * @returns `hash` of all bytes; for a file of more than 256 MiB also `chunkHashes`, those of its pieces of 256 MiB
 * @throws `ValidationError` with code `argument-invalid`, `CancelledError`, `AttachmentError` with code
 * `file-unreadable`, `file-changed` or one of `init`
 */
export async function hashFileStreaming(
  file: Blob,
  chunkSize: number = HASH_SLICE_BYTES,
  signal?: AbortSignal,
): Promise<FileHash> {
  if (!Number.isSafeInteger(chunkSize) || chunkSize < 1)
    throw new ValidationError("chunkSize: expected a whole number of bytes, at least 1", "argument-invalid", {
      field: "chunkSize",
    });
  throwIfCancelled(signal);
  await unlessCancelled(init(), signal);
  const hasher = new PiecewiseHasher(chunkSizeOf(file.size));
  try {
    for await (const bytes of slices(file, chunkSize, signal)) hasher.update(bytes);
    return fileHash(hasher.finish());
  } catch (error) {
    if (!(error instanceof FailedReading)) throw error;
    throw unreadable(nameOf(file), error.why);
  } finally {
    hasher.free();
  }
}

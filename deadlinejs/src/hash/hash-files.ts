import { Xxh3Hasher } from "../common/index.ts";
import type { HashJob, HashReport } from "./hash-messages.ts";
import { readFailure } from "./read-failure.ts";

/**
 * How much of a large file is read at once, in bytes, two readings in flight: smaller pieces cost most
 * of the speed, larger ones only memory.
 */
export const HASH_SLICE_BYTES = 16 * 1024 * 1024;

type Report = (report: HashReport) => void;

/** Reads and hashes the files of one job; every file is reported exactly once as hashed or failed. */
export async function hashFiles(job: HashJob, report: Report): Promise<void> {
  if (job.files.length > 1 && (await hashJoined(job, report))) return;
  for (const { id, file } of job.files) await hashOne(id, file, report);
}

/**
 * Many small files as one reading, which is twice as fast as one by one. `false` if any of them could
 * not be read: then it is not known which, and nothing has been reported.
 */
async function hashJoined({ files }: HashJob, report: Report): Promise<boolean> {
  const sizes = files.map(({ file }) => file.size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await new Blob(files.map(({ file }) => file)).arrayBuffer());
  } catch {
    return false;
  }
  // A file that changed its size would shift all that come after it.
  if (bytes.length !== total) return false;
  const hasher = new Xxh3Hasher();
  let offset = 0;
  for (const { id, file } of files) {
    hasher.reset();
    hasher.update(bytes.subarray(offset, offset + file.size));
    offset += file.size;
    report({ type: "hashed", id, hash: hasher.finishHex() });
  }
  hasher.free();
  return true;
}

async function hashOne(id: number, file: File, report: Report): Promise<void> {
  const hasher = new Xxh3Hasher();
  const read = (offset: number) => {
    const reading = file.slice(offset, offset + HASH_SLICE_BYTES).arrayBuffer();
    // A reading that fails while an earlier one is awaited is looked at in its turn.
    reading.catch(() => undefined);
    return reading;
  };
  let offset = 0;
  try {
    let next = read(0);
    while (offset < file.size) {
      const current = next;
      next = read(offset + HASH_SLICE_BYTES);
      const bytes = new Uint8Array(await current);
      if (bytes.length === 0) throw new DOMException("the file has become shorter", "NotReadableError");
      hasher.update(bytes);
      offset += bytes.length;
      if (offset < file.size) report({ type: "read", id, bytes: offset });
    }
    report({ type: "hashed", id, hash: hasher.finishHex() });
  } catch (error) {
    report({ type: "failed", id, why: readFailure(error, offset > 0) });
  } finally {
    hasher.free();
  }
}

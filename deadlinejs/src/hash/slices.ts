import { unlessCancelled } from "../common/cancellation.ts";
import { CancelledError, type ReadFailure } from "../common/index.ts";
import { readFailure } from "./read-failure.ts";

/**
 * How much of a large file is in memory at once, in bytes: smaller pieces cost most of the speed, larger
 * ones fall out of the processor's cache before they are hashed.
 */
export const HASH_SLICE_BYTES = 4 * 1024 * 1024;

/** A browser looks whether the file has changed when it opens it, so it is opened anew after so many bytes. */
const WINDOW_BYTES = 32 * 1024 * 1024;
/** A stream of Chromium's was seen to hang, once in many hours; read in the other way its file was well. */
const STALL_MS = 30_000;

/** A file could not be read to its end. */
export class FailedReading extends Error {
  override readonly name = "FailedReading";

  constructor(
    readonly why: ReadFailure,
    cause: unknown,
  ) {
    super(`the file is ${why}`, { cause });
  }
}

/**
 * The bytes of a file in order, in pieces of at most `sliceBytes`. A piece is gone once the next one is asked
 * for.
 *
 * All are read into one buffer. Buffers that are new each time (`arrayBuffer()`) are left to the garbage
 * collector, which comes when it likes: they pile up to gigabytes, and giving their memory back by
 * `transfer()` only hides them from it.
 *
 * @throws {@link FailedReading}, `CancelledError`
 */
export async function* slices(
  file: Blob,
  sliceBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  let buffer = new ArrayBuffer(Math.min(sliceBytes, file.size));
  let at = 0;
  const attempt = <T>(reading: Promise<T>): Promise<T> =>
    unlessCancelled(reading, signal).catch((error: unknown) => {
      if (error instanceof CancelledError) throw error;
      throw new FailedReading(readFailure(error, at > 0), error);
    });
  while (at < file.size) {
    const end = Math.min(at + WINDOW_BYTES, file.size);
    const isWhole = at === 0 && end === file.size;
    const reader = readerInto(isWhole ? file : file.slice(at, end));
    try {
      while (reader && at < end) {
        const room = new Uint8Array(buffer, 0, Math.min(buffer.byteLength, end - at));
        const read = await attempt(unlessStalled(reader.read(room)));
        if (!read) {
          // The stream keeps the buffer.
          buffer = new ArrayBuffer(buffer.byteLength);
          break;
        }
        if (!read.value?.length) throw new FailedReading("changed", undefined);
        buffer = read.value.buffer;
        at += read.value.length;
        yield read.value;
      }
      // Firefox does not refuse a file that has grown: it reads on, unless it was asked for a slice.
      if (reader && isWhole && at === end) {
        const more = await attempt(unlessStalled(reader.read(new Uint8Array(1))));
        if (more?.value?.length) throw new FailedReading("changed", undefined);
      }
    } finally {
      reader?.cancel().catch(() => undefined);
    }
    while (at < end) {
      const size = Math.min(sliceBytes, end - at);
      const bytes = await attempt(file.slice(at, at + size).arrayBuffer());
      if (bytes.byteLength !== size) throw new FailedReading("changed", undefined);
      at += size;
      yield new Uint8Array(bytes);
    }
  }
}

/** Reads into buffers that are given to it; nothing where the browser cannot do that with files. */
function readerInto(blob: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return blob.stream().getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}

/** Nothing if a reading gives nothing for a long time. */
async function unlessStalled<T>(reading: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, STALL_MS, undefined);
  });
  try {
    return await Promise.race([reading, stalled]);
  } finally {
    clearTimeout(timer);
  }
}

import { unlessCancelled } from "../common/cancellation.ts";
import { CancelledError, type ReadFailure } from "../common/index.ts";
import { readFailure } from "./read-failure.ts";

/**
 * How much of a large file is read at once, in bytes, two readings in flight: smaller pieces cost most
 * of the speed, larger ones only memory.
 */
export const HASH_SLICE_BYTES = 16 * 1024 * 1024;

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
 * The bytes of a file in order, in pieces of `sliceBytes`, the next one being read while one is looked
 * at: two pieces are in memory, whatever the file's size.
 *
 * @throws {@link FailedReading}, `CancelledError`
 */
export async function* slices(
  file: Blob,
  sliceBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const read = (offset: number) => {
    const reading = file.slice(offset, offset + sliceBytes).arrayBuffer();
    // A reading that fails while an earlier one is awaited is looked at in its turn.
    reading.catch(() => undefined);
    return reading;
  };
  let next = read(0);
  for (let offset = 0; offset < file.size; offset += sliceBytes) {
    const current = next;
    next = read(offset + sliceBytes);
    const bytes = await unlessCancelled(current, signal).catch((error: unknown) => {
      throw error instanceof CancelledError
        ? error
        : new FailedReading(readFailure(error, offset > 0), error);
    });
    if (bytes.byteLength !== Math.min(sliceBytes, file.size - offset))
      throw new FailedReading("changed", undefined);
    yield new Uint8Array(bytes);
  }
}

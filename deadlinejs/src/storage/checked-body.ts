import { StorageError, Xxh3Hasher } from "../common/index.ts";

/** Bytes are put away as a `Blob` when so many have come: browsers keep large ones on disk. */
const PUT_AWAY_BYTES = 16 * 1024 * 1024;

/**
 * Reads a stream to its end, hashing what comes by.
 *
 * @param expectedHash 32 lower-case hex digits; without it nothing is compared
 * @throws `StorageError` with code `content-hash-wrong`, and what the stream throws
 */
export async function checkedBody(
  stream: ReadableStream<Uint8Array>,
  what: string,
  expectedHash: string | undefined,
): Promise<Blob> {
  const hasher = expectedHash === undefined ? undefined : new Xxh3Hasher();
  try {
    let parts: BlobPart[] = [];
    let bytes = 0;
    const reader = stream.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      hasher?.update(piece.value);
      parts.push(piece.value as Uint8Array<ArrayBuffer>);
      bytes += piece.value.length;
      if (bytes < PUT_AWAY_BYTES) continue;
      parts = [new Blob(parts)];
      bytes = 0;
    }
    const hash = hasher?.finishHex();
    if (hash !== expectedHash)
      throw new StorageError(
        `${what}: the bytes that came have the hash ${hash}, not ${expectedHash}. The object is damaged or is another one; upload it again.`,
        "content-hash-wrong",
      );
    return new Blob(parts);
  } finally {
    hasher?.free();
  }
}

import { CHUNK_SIZE_V2, needsChunking, Xxh3Hasher } from "../common/index.ts";

/** The hash of a file, and those of its chunks. */
export interface FileHash {
  /** XXH3-128 of all bytes: 32 lower-case hex digits. */
  hash: string;
  /** Of a file of more than 256 MiB: the hashes of its pieces of 256 MiB, in file order. */
  chunkHashes?: string[];
}

/** Hashes the bytes of one file, which come in order and in pieces of any length. */
export class FileHasher {
  private readonly whole = new Xxh3Hasher();
  private readonly chunk: Xxh3Hasher | undefined;
  private readonly chunkHashes: string[] = [];
  /** Bytes that the present chunk still lacks. */
  private room = Number(CHUNK_SIZE_V2);

  /**
   * @param size bytes of the file
   * @param wantsChunks whether to hash the chunks of a large file too
   */
  constructor(size: number, wantsChunks: boolean) {
    if (wantsChunks && needsChunking(BigInt(size))) this.chunk = new Xxh3Hasher();
  }

  /** Adds the next bytes. */
  update(bytes: Uint8Array): void {
    this.whole.update(bytes);
    if (!this.chunk) return;
    for (let rest = bytes; rest.length > 0; ) {
      const piece = rest.subarray(0, this.room);
      this.chunk.update(piece);
      this.room -= piece.length;
      rest = rest.subarray(piece.length);
      if (this.room === 0) this.endChunk(this.chunk);
    }
  }

  /** The hashes, once all bytes are there. */
  finish(): FileHash {
    if (!this.chunk) return { hash: this.whole.finishHex() };
    if (this.room < Number(CHUNK_SIZE_V2)) this.endChunk(this.chunk);
    return { hash: this.whole.finishHex(), chunkHashes: this.chunkHashes };
  }

  /** Gives the memory back. */
  free(): void {
    this.whole.free();
    this.chunk?.free();
  }

  private endChunk(chunk: Xxh3Hasher): void {
    this.chunkHashes.push(chunk.finishHex());
    chunk.reset();
    this.room = Number(CHUNK_SIZE_V2);
  }
}

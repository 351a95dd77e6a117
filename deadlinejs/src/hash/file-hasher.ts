import { CHUNK_SIZE_V2, needsChunking, Xxh3Hasher } from "../common/index.ts";

/** The hash of a file, and those of its chunks. */
export interface FileHash {
  /** XXH3-128 of all bytes: 32 lower-case hex digits. */
  hash: string;
  /** Of a file of more than 256 MiB: the hashes of its pieces of 256 MiB, in file order. */
  chunkHashes?: string[];
}

/** The hash of some bytes, and those of their pieces. */
export interface PiecewiseHash {
  /** XXH3-128 of all bytes: 32 lower-case hex digits. */
  hash: string;
  /** Of each piece in order, if they were asked for; the last one may be shorter. */
  pieces?: string[];
}

/** The size of the chunks that a file of so many bytes is cut into; nothing for one that is not cut. */
export function chunkSizeOf(size: number): number | undefined {
  return needsChunking(BigInt(size)) ? Number(CHUNK_SIZE_V2) : undefined;
}

/** The pieces of a file that is cut are its chunks. */
export function fileHash({ hash, pieces }: PiecewiseHash): FileHash {
  return { hash, ...(pieces && { chunkHashes: pieces }) };
}

/** Hashes bytes, which come in order and in any lengths, as a whole and piece by piece. */
export class PiecewiseHasher {
  private readonly whole = new Xxh3Hasher();
  private readonly piece: Xxh3Hasher | undefined;
  private readonly pieces: string[] = [];
  /** Bytes that the present piece still lacks. */
  private room: number;

  /** @param pieceSize bytes of each piece but the last; without it there are no pieces */
  constructor(private readonly pieceSize: number | undefined) {
    if (pieceSize !== undefined) this.piece = new Xxh3Hasher();
    this.room = pieceSize ?? 0;
  }

  /** Adds the next bytes. */
  update(bytes: Uint8Array): void {
    this.whole.update(bytes);
    if (!this.piece) return;
    for (let rest = bytes; rest.length > 0; ) {
      const some = rest.subarray(0, this.room);
      this.piece.update(some);
      this.room -= some.length;
      rest = rest.subarray(some.length);
      if (this.room === 0) this.endPiece(this.piece);
    }
  }

  /** The hashes, once all bytes are there. */
  finish(): PiecewiseHash {
    if (!this.piece) return { hash: this.whole.finishHex() };
    if (this.room < (this.pieceSize ?? 0)) this.endPiece(this.piece);
    return { hash: this.whole.finishHex(), pieces: this.pieces };
  }

  /** Gives the memory back. */
  free(): void {
    this.whole.free();
    this.piece?.free();
  }

  private endPiece(piece: Xxh3Hasher): void {
    this.pieces.push(piece.finishHex());
    piece.reset();
    this.room = this.pieceSize ?? 0;
  }
}

/**
 * The two packers of browsers. Both give bytes as they are and copies of bytes that were there before, in turn: what repeats is
 * torn out of what stands beside it.
 */

/** Reads numbers and bytes, one after the other. */
export class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  /** A number of so many bytes, the lowest first. */
  number(length: number): number {
    return this.take(length).reduce((value, byte, at) => value + byte * 256 ** at, 0);
  }

  /** A number in groups of seven bits, the lowest first. */
  varint(): number {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length: number): Buffer {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** Nobody packs to less than this part. */
const MOST = 256;

/** What snappy has packed; nothing if it has not packed this. */
export function unsnap(packed: Buffer): Buffer | undefined {
  const reader = new Reader(packed);
  const length = reader.varint();
  if (length === 0 || length > packed.length * MOST) return undefined;
  const whole = new Growing(length);
  while (!reader.isAtEnd) {
    const tag = reader.byte();
    const size = tag >> 2;
    const kind = tag & 3;
    let fits: boolean;
    if (kind === 0) fits = whole.add(reader.take((size < 60 ? size : reader.number(size - 59)) + 1));
    else if (kind === 1) fits = whole.repeat(((size >> 3) << 8) + reader.byte(), (size & 7) + 4);
    else fits = whole.repeat(reader.number(kind === 2 ? 2 : 4), size + 1);
    if (!fits) return undefined;
  }
  return whole.isFull ? whole.bytes : undefined;
}

/** What LZ4 has packed into one block, after its length in four bytes. */
export function unlz4(packed: Buffer): Buffer {
  const reader = new Reader(packed);
  const whole = new Growing(reader.number(4));
  const lengthOf = (short: number) => {
    let length = short;
    for (let more = short === 15 ? 255 : 0; more === 255; length += more) more = reader.byte();
    return length;
  };
  let fits = true;
  while (fits && !reader.isAtEnd) {
    const token = reader.byte();
    fits = whole.add(reader.take(lengthOf(token >> 4)));
    if (fits && !reader.isAtEnd) fits = whole.repeat(reader.number(2), lengthOf(token & 15) + 4);
  }
  if (!fits || !whole.isFull) throw new Error("This should be LZ4, and is not.");
  return whole.bytes;
}

/** Bytes of a length that is known before. */
class Growing {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  get isFull(): boolean {
    return this.#at === this.bytes.length;
  }

  /** Tells whether there was room. */
  add(more: Buffer): boolean {
    const copied = more.copy(this.bytes, this.#at);
    this.#at += copied;
    return copied === more.length;
  }

  /** Adds what stands so far back, which may reach into itself; tells whether it can be. */
  repeat(back: number, length: number): boolean {
    const end = this.#at + length;
    if (back === 0 || back > this.#at || end > this.bytes.length) return false;
    for (; this.#at < end; this.#at += 1) this.bytes[this.#at] = this.bytes[this.#at - back] as number;
    return true;
  }
}

/** Bytes of files that nobody has to keep: the same seed gives the same ones, in Node and in a page. */

/** What is in a file. */
export interface Content {
  /** Different ones, different bytes. */
  seed: number;
  /** Bytes. */
  size: number;
}

/** The bytes themselves. */
export function bytesOf({ seed, size }: Content): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  // A linear congruential generator: no two pieces of a file are alike.
  let word = seed;
  for (let index = 0; index < words.length; index++) {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
    words[index] = word;
  }
  return new Uint8Array(words.buffer, 0, size);
}

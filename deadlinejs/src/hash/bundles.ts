import { type FilesToHash, type FileToHash, type PlacedFile, placed } from "./file-to-hash.ts";

/** Files from this size on get a reading of their own, in bytes. */
const LARGE = 2 * 1024 * 1024;
/** A bundle of small files holds at most so many bytes ... */
const BUNDLE_BYTES = 8 * 1024 * 1024;
/** ... and so many files: more does not read faster. */
const BUNDLE_FILES = 64;

/** A file and its number in the order of the input. */
export interface NumberedFile extends Required<PlacedFile> {
  id: number;
}

/**
 * Puts small files together that can be read at once, as the upload engine does. Files are
 * taken from the input no earlier than asked for.
 */
export async function* bundles(files: FilesToHash): AsyncGenerator<NumberedFile[], void, void> {
  let bundle: NumberedFile[] = [];
  let bytes = 0;
  let id = 0;
  for await (const input of files as AsyncIterable<FileToHash>) {
    const next = { ...placed(input), id: id++ };
    const { size } = next.file;
    if (size >= LARGE) {
      yield [next];
      continue;
    }
    if (bytes + size > BUNDLE_BYTES || bundle.length === BUNDLE_FILES) {
      yield bundle;
      bundle = [];
      bytes = 0;
    }
    bundle.push(next);
    bytes += size;
  }
  if (bundle.length > 0) yield bundle;
}

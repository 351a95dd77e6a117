import { ValidationError } from "../common/index.ts";

/** A file with its place below the asset root. */
export interface PlacedFile {
  /** The bytes. In Node, `fs.openAsBlob` gives one that is read from disk piece by piece. */
  readonly file: Blob;
  /** Path below the asset root, `/` between names. */
  readonly relativePath: string;
  /** Last change, in milliseconds since 1970; needed for a `Blob` that is no `File`. */
  readonly lastModified?: number;
}

/** A file to hash. A bare `File` lies where `webkitRelativePath` says, else directly below the asset root. */
export type FileToHash = File | PlacedFile;

/** Files to hash, all at hand or still being found; they are asked for no earlier than needed. */
export type FilesToHash = Iterable<FileToHash> | AsyncIterable<FileToHash>;

/** Milliseconds as a manifest's microseconds (spec `manifests.md` 1.3). */
export function microseconds(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * 1000n;
}

/**
 * The file with all that a manifest needs.
 *
 * @throws `ValidationError` with code `file-time-missing`
 */
export function placed(input: FileToHash): Required<PlacedFile> {
  const { file, relativePath, lastModified } =
    "relativePath" in input
      ? input
      : { file: input, relativePath: input.webkitRelativePath || input.name, lastModified: undefined };
  const time = lastModified ?? ("lastModified" in file ? (file as File).lastModified : undefined);
  if (time === undefined)
    throw new ValidationError(
      `${relativePath}: a Blob does not know when it was changed. Pass lastModified with it, or a File.`,
      "file-time-missing",
    );
  return { file, relativePath, lastModified: time };
}

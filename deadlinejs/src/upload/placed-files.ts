import { CHUNK_SIZE_V2, type HashedFile, type ManifestVersion } from "../common/index.ts";
import { type FileToHash, placed } from "../hash/file-to-hash.ts";
import type { FilesToHash } from "../hash/index.ts";
import type { FileToUpload } from "./upload-driver.ts";

/** What is uploaded, all at hand or still being found. */
export type UploadSource = Iterable<FileToUpload> | AsyncIterable<FileToUpload>;

/** Files as the engine takes them, no earlier than they are asked for. */
export async function* placedFiles(files: FilesToHash): AsyncGenerator<FileToUpload, void, void> {
  for await (const input of files as AsyncIterable<FileToHash>) {
    const { file, relativePath, lastModified } = placed(input);
    yield { file: asFile(file, lastModified), relativePath };
  }
}

/** Files that were hashed, whose hashes need not be made again for a manifest of this format. */
export function* knownFiles(files: readonly HashedFile[], version: ManifestVersion): Generator<FileToUpload> {
  for (const { file, relativePath, mtime, hash, chunkHashes } of files) {
    const known = (version === "v2025-12-04-beta" && chunkHashes) || [hash];
    yield { file: asFile(file, milliseconds(mtime)), relativePath, known };
  }
}

/**
 * Contents of files that were hashed, as a manifest of this format names them. Where it wants large files in
 * chunks, each chunk is a content of its own, named after its file: `a/b.mov/0`, which no file beside
 * `a/b.mov` can be called.
 */
export function* contents(files: readonly HashedFile[], version: ManifestVersion): Generator<FileToUpload> {
  for (const hashed of files) {
    const { file, relativePath, mtime, chunkHashes } = hashed;
    if (version !== "v2025-12-04-beta" || !chunkHashes) {
      yield* knownFiles([hashed], version);
      continue;
    }
    for (const [index, hash] of chunkHashes.entries()) {
      const start = index * Number(CHUNK_SIZE_V2);
      const chunk = asFile(file.slice(start, start + Number(CHUNK_SIZE_V2)), milliseconds(mtime));
      yield { file: chunk, relativePath: `${relativePath}/${index}`, known: [hash] };
    }
  }
}

const milliseconds = (microseconds: bigint): number => Number(microseconds / 1000n);

/** With a time that it knows, in whole milliseconds: Node has fractions. The bytes stay where they are. */
function asFile(file: Blob, time: number): File {
  const lastModified = Math.trunc(time);
  if (file instanceof File && file.lastModified === lastModified) return file;
  return new File([file], "", { lastModified });
}

import {
  type HashedFile,
  init,
  Manifest,
  type ManifestDirectoryPath,
  type ManifestFilePath,
  type ManifestVersion,
  ValidationError,
} from "./common/index.ts";

/**
 * Makes the manifest of files that were hashed.
 *
 * The default is what the design of this package says, and **no released worker reads it**: for a job pass
 * `"v2023-03-03"`.
 *
 * @param files what `hashFilesOnly` or a `HashExecutor` gave, in any order; v2023-03-03 may be made of no files, but
 * is of no use then
 * @param manifestVersion the format; in `v2025-12-04-beta` files of more than 256 MiB are cut in chunks
 * @throws `ValidationError` with code `manifest-version-unknown`, `path-...` or `manifest-...`, and the place of the
 * fault; what `init` throws
 */
export async function createManifestFromFiles(
  files: readonly HashedFile[],
  manifestVersion: ManifestVersion = "v2025-12-04-beta",
): Promise<Manifest> {
  await init();
  switch (manifestVersion) {
    case "v2023-03-03":
      return Manifest.createV1(
        files.map(({ relativePath, hash, size, mtime }) => ({ path: relativePath, hash, size, mtime })),
      );
    case "v2025-12-04-beta":
      return Manifest.createV2Snapshot(parentsOf(files), files.map(fileOfV2));
    default:
      throw new ValidationError(
        `${String(manifestVersion)} is no format of manifests; take "v2023-03-03" or "v2025-12-04-beta".`,
        "manifest-version-unknown",
      );
  }
}

function fileOfV2({ relativePath: name, hash, size, mtime, chunkHashes }: HashedFile): ManifestFilePath {
  return chunkHashes ? { name, chunkhashes: chunkHashes, size, mtime } : { name, hash, size, mtime };
}

/** All folders above the files: listed, they make every name in the text unambiguous (spec `manifests.md` D8). */
function parentsOf(files: readonly HashedFile[]): ManifestDirectoryPath[] {
  const names = new Set<string>();
  for (const { relativePath } of files) {
    let end = relativePath.lastIndexOf("/");
    // Once a folder is there, so are those above it.
    while (end > 0 && !names.has(relativePath.slice(0, end))) {
      names.add(relativePath.slice(0, end));
      end = relativePath.lastIndexOf("/", end - 1);
    }
  }
  return [...names].map((name) => ({ name }));
}

import type { HashedFile } from "./common/index.ts";
import { createHashExecutor, type FilesToHash, type HashExecutor, type HashOptions } from "./hash/index.ts";

/** How to hash files. */
export interface HashFilesOptions extends HashOptions {
  /** Where to hash; by default what `createHashExecutor` makes, for this one call. */
  readonly hashExecutor?: HashExecutor | undefined;
}

/**
 * Hashes files and sends nothing.
 *
 * @param files with their places below the asset root, at hand or still being found
 * @throws as `HashExecutor.hashFiles`
 */
export async function hashFilesOnly(
  files: FilesToHash,
  options: HashFilesOptions = {},
): Promise<HashedFile[]> {
  const { hashExecutor, ...rest } = options;
  if (hashExecutor) return hashExecutor.hashFiles(files, rest);
  const executor = createHashExecutor();
  try {
    return await executor.hashFiles(files, rest);
  } finally {
    executor.dispose();
  }
}

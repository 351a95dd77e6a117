import { CancelledError, type HashedFile } from "../common/index.ts";
import type { FileHash } from "./file-hasher.ts";
import type { FilesToHash } from "./file-to-hash.ts";
import { hashAll } from "./hash-all.ts";
import type { HashExecutor, HashOptions } from "./hash-executor.ts";
import type { HashLanes } from "./hash-lanes.ts";

/** What all executors have in common: everything but the place where the work is done. */
export abstract class LanedExecutor implements HashExecutor {
  protected abstract readonly lanes: HashLanes;

  /** See {@link HashExecutor.hashFile}. */
  async hashFile(file: Blob, options: HashOptions = {}): Promise<FileHash> {
    const relativePath = file instanceof File ? file.name : "(a file without a name)";
    const [hashed] = await hashAll(this.lanes, [{ file, relativePath, lastModified: 0 }], options);
    if (!hashed) throw new Error("one file in, one hash out");
    const { hash, chunkHashes } = hashed;
    return { hash, ...(chunkHashes && { chunkHashes: [...chunkHashes] }) };
  }

  /** See {@link HashExecutor.hashFiles}. */
  hashFiles(files: FilesToHash, options: HashOptions = {}): Promise<HashedFile[]> {
    return hashAll(this.lanes, files, options);
  }

  /** See {@link HashExecutor.dispose}. */
  abstract dispose(): void;
}

/** The error of work that was under way, or begun, when the executor was disposed of. */
export function disposed(): CancelledError {
  return new CancelledError("The hash executor was disposed of.");
}

import type { HashedFile, ProgressCallback } from "../common/index.ts";
import type { FileHash } from "./file-hasher.ts";
import type { FilesToHash } from "./file-to-hash.ts";
import type { HashLanes } from "./hash-lanes.ts";

/** What every hashing takes. */
export interface HashOptions {
  /** Ends the work early, within a moment even if a reading hangs. */
  readonly signal?: AbortSignal | undefined;
  /** Told about each file and each piece of a large one; returning `false` ends the work. */
  readonly onProgress?: ProgressCallback | undefined;
}

/**
 * Reads and hashes files. Never holds more than 8 MiB of files for each lane.
 *
 * Both functions load the module if need be and throw `CancelledError` when they are ended,
 * `AttachmentError` with code `file-unreadable` or `file-changed` for a file that cannot be read, and with
 * code `hash-worker-broken` where workers do not work.
 */
export interface HashExecutor {
  /** Where an upload has parts of files read; one that has none is not used by uploads. */
  readonly lanes?: HashLanes;
  /** The hash of one file, and those of its chunks if it has more than 256 MiB. */
  hashFile(file: Blob, options?: HashOptions): Promise<FileHash>;
  /**
   * The hashes of many files, in the order in which they were given. The first file that cannot be read
   * ends the work.
   */
  hashFiles(files: FilesToHash, options?: HashOptions): Promise<HashedFile[]>;
  /** Gives up all work and lets go of the workers; afterwards the executor is of no more use. */
  dispose(): void;
}

import { throwIfCancelled, unlessCancelled } from "../common/cancellation.ts";
import { type HashedFile, init } from "../common/index.ts";
import type { FileHash } from "./file-hasher.ts";
import type { FilesToHash } from "./file-to-hash.ts";
import { hashAll, hashSingle } from "./hash-all.ts";
import type { HashExecutor, HashOptions } from "./hash-executor.ts";
import { hashJob } from "./hash-job.ts";
import { disposed, type HashLanes } from "./hash-lanes.ts";

/**
 * Hashes where it is called: in a page this takes moments of up to 2 ms from the screen for each MiB that is
 * read. For Node, service workers, and places where workers cannot be had.
 */
export class MainThreadExecutor implements HashExecutor {
  readonly #running = new Set<AbortController>();
  #isDisposed = false;

  /** See {@link HashExecutor.lanes}. */
  readonly lanes: HashLanes = {
    // One is read while another is hashed; more readings at once do not go faster.
    count: 2,
    run: async (job, report, signal) => {
      throwIfCancelled(signal);
      if (this.#isDisposed) throw disposed();
      const stopper = new AbortController();
      const stop = () => stopper.abort(signal.reason);
      signal.addEventListener("abort", stop);
      this.#running.add(stopper);
      try {
        await unlessCancelled(init(), stopper.signal);
        await hashJob(job, report, stopper.signal);
      } finally {
        this.#running.delete(stopper);
        signal.removeEventListener("abort", stop);
      }
    },
  };

  /** See {@link HashExecutor.hashFile}. */
  hashFile(file: Blob, options: HashOptions = {}): Promise<FileHash> {
    return hashSingle(this.lanes, file, options);
  }

  /** See {@link HashExecutor.hashFiles}. */
  hashFiles(files: FilesToHash, options: HashOptions = {}): Promise<HashedFile[]> {
    return hashAll(this.lanes, files, options);
  }

  /** See {@link HashExecutor.dispose}. */
  dispose(): void {
    this.#isDisposed = true;
    for (const stopper of this.#running) stopper.abort(disposed());
  }
}

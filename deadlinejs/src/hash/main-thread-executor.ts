import { throwIfCancelled, unlessCancelled } from "../common/cancellation.ts";
import { init } from "../common/index.ts";
import { hashJob } from "./hash-job.ts";
import type { HashLanes } from "./hash-lanes.ts";
import { disposed, LanedExecutor } from "./laned-executor.ts";

/**
 * Hashes where it is called: in a page this takes moments of up to 2 ms from the screen for each MiB that is
 * read. For Node, service workers, and places where workers cannot be had.
 */
export class MainThreadExecutor extends LanedExecutor {
  readonly #running = new Set<AbortController>();
  #isDisposed = false;

  protected override readonly lanes: HashLanes = {
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

  override dispose(): void {
    this.#isDisposed = true;
    for (const stopper of this.#running) stopper.abort(disposed());
  }
}

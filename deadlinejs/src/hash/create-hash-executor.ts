import type { HashExecutor } from "./hash-executor.ts";
import { MainThreadExecutor } from "./main-thread-executor.ts";
import { PooledWorkerExecutor, WorkerExecutor } from "./worker-executor.ts";

/** Where to hash. */
export type HashExecutorType = "main" | "worker" | "pool";

/** How to hash. */
export interface HashExecutorOptions {
  /** Number of workers of a pool, at least 1; see {@link PooledWorkerExecutor}. */
  readonly poolSize?: number;
  /** Address of `hash-worker.js`; see {@link PooledWorkerExecutor}. */
  readonly workerUrl?: URL | string;
}

/**
 * Makes an executor.
 *
 * @param type where to hash; by default in a pool of workers, or where it is called if there are no
 * workers (Node, service workers)
 * @throws `AttachmentError` with code `workers-unavailable` for a type that cannot be had here
 */
export function createHashExecutor(type?: HashExecutorType, options: HashExecutorOptions = {}): HashExecutor {
  switch (type ?? (typeof Worker === "undefined" ? "main" : "pool")) {
    case "main":
      return new MainThreadExecutor();
    case "worker":
      return new WorkerExecutor(options.workerUrl);
    case "pool":
      return new PooledWorkerExecutor(options.poolSize, options.workerUrl);
  }
}

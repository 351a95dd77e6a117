/** What goes between a {@link HashPool} and its workers. */
import type { ReadFailure } from "../common/index.ts";

/** One large file, or several small ones that are read together. */
export interface HashJob {
  files: { id: number; file: File }[];
}

/** What a worker tells of a file; `failed` and `hashed` are final. */
export type HashReport =
  | { type: "read"; id: number; bytes: number }
  | { type: "hashed"; id: number; hash: string }
  | { type: "failed"; id: number; why: ReadFailure };

/** Worker to pool. */
export type FromHashWorker =
  | HashReport
  /** The job is through; the worker is free. */
  | { type: "free" }
  /** The worker cannot work at all, for example because the module did not load. */
  | { type: "broken"; message: string };

/** What goes between a {@link HashPool} and its workers. */
import type { ReadFailure } from "../common/index.ts";
import type { PiecewiseHash } from "./file-hasher.ts";

/** One large file, or several small ones that are read together. */
export interface HashJob {
  /**
   * Each with a number of the caller's choice; with `pieceSize`, which only a large file has, the hash of each
   * piece of so many bytes is wanted too.
   */
  files: { id: number; file: Blob; pieceSize?: number }[];
}

/** What is told of a file; `failed` and `hashed` are final. */
export type HashReport =
  /** So many bytes of a large file have been read since its beginning. */
  | { type: "read"; id: number; bytes: number }
  | ({ type: "hashed"; id: number } & PiecewiseHash)
  | { type: "failed"; id: number; why: ReadFailure };

/** Pool to worker. */
export type ToHashWorker =
  /** Comes first: the module itself, or its address. */
  | { type: "load"; module: WebAssembly.Module | string }
  /** Comes only to a worker that is free. */
  | { type: "hash"; job: HashJob }
  /** Give up the job that is at work, if any; files that were not reported yet will not be. */
  | { type: "stop" };

/** Worker to pool. */
export type FromHashWorker =
  | HashReport
  /** The job is through; the worker is free. */
  | { type: "free" }
  /** The worker cannot work at all, for example because the module did not load. */
  | { type: "broken"; message: string };

/** What goes between a {@link HashPool} and its workers. */
import type { ReadFailure } from "../common/index.ts";
import type { FileHash } from "./file-hasher.ts";

/** One large file, or several small ones that are read together. */
export interface HashJob {
  /** Each with a number of the caller's choice. */
  files: { id: number; file: Blob }[];
  /** Whether to hash the chunks of a large file too, for manifests v2025-12-04-beta. */
  wantsChunks?: boolean;
}

/** What is told of a file; `failed` and `hashed` are final. */
export type HashReport =
  /** So many bytes of a large file have been read since its beginning. */
  | { type: "read"; id: number; bytes: number }
  | ({ type: "hashed"; id: number } & FileHash)
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

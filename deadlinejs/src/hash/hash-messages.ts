/** What goes between a {@link HashPool} and its workers. */
import type { ReadFailure } from "../common/index.ts";
import type { PiecewiseHash } from "./file-hasher.ts";

/** One large file, or several small ones that are read together. */
export interface HashJob {
  /** Each is reported on once, by its number. */
  files: FileOfJob[];
}

/** A file to read. */
export interface FileOfJob {
  /** A number of the caller's choice. */
  id: number;
  /** The bytes. */
  file: Blob;
  /** Only for a large file: the hash of each piece of so many bytes is wanted too. */
  pieceSize?: number;
}

/** What is told of a file; `failed` and `hashed` are final. */
export type HashReport = BytesRead | FileHashed | FileFailed;

/** So many bytes of a large file have been read since its beginning. */
export interface BytesRead {
  /** Which of the three reports it is. */
  type: "read";
  /** The file's number. */
  id: number;
  /** Bytes since the beginning of the file. */
  bytes: number;
}

/** All of a file was read. */
export interface FileHashed extends PiecewiseHash {
  /** Which of the three reports it is. */
  type: "hashed";
  /** The file's number. */
  id: number;
}

/** A file could not be read to its end. */
export interface FileFailed {
  /** Which of the three reports it is. */
  type: "failed";
  /** The file's number. */
  id: number;
  /** Why. */
  why: ReadFailure;
}

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
  /** What became of files since the last message. */
  | { type: "reports"; reports: HashReport[] }
  /** The job is through; the worker is free. */
  | { type: "free" }
  /** The worker cannot work at all, for example because the module did not load. */
  | { type: "broken"; message: string };

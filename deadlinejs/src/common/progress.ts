/** What is being done: reading files, asking the store what it holds, sending; `complete` comes once, at the end. */
export type ProgressPhase = "hashing" | "checking" | "uploading" | "complete";

/** Where the work is. No number ever falls within a phase. */
export interface ProgressUpdate {
  /** What is being done. */
  readonly phase: ProgressPhase;
  /** Path below the asset root of a file at work; one of several. */
  readonly currentFile?: string;
  /** Files that this phase is done with. */
  readonly filesProcessed: number;
  /** Files of this phase, as far as they are known: an `AsyncIterable` is still being read. */
  readonly totalFiles: number;
  /** Bytes that this phase is done with. */
  readonly bytesProcessed: bigint;
  /** Bytes of all files that are known. */
  readonly totalBytes: bigint;
  /** Files whose contents the store already held. */
  readonly filesSkipped?: number;
  /** Their bytes. */
  readonly bytesSkipped?: bigint;
}

/**
 * Told where the work is, often: once for each file and for each piece of a large one. Returning
 * `false` cancels the work, which then throws `CancelledError`; anything else lets it go on. What it
 * throws ends the work too and is thrown on.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback without any return is the common one.
export type ProgressCallback = (progress: ProgressUpdate) => boolean | void;

/** A callback that does nothing. */
export const noOpProgress: ProgressCallback = () => undefined;

import { CancelledError } from "../common/index.ts";
import type { HashJob, HashReport } from "./hash-messages.ts";

/** A place where jobs are done, several at once. */
export interface HashLanes {
  /** How many jobs are worth doing at once. */
  readonly count: number;
  /**
   * Does a job: reports each of its files once as hashed or failed, then ends.
   *
   * @throws `CancelledError` soon after the signal is aborted, `AttachmentError` where nothing can be done
   */
  run(job: HashJob, report: (report: HashReport) => void, signal: AbortSignal): Promise<void>;
}

/** The error of work that was under way, or begun, when its executor was disposed of. */
export function disposed(): CancelledError {
  return new CancelledError("The hash executor was disposed of.");
}

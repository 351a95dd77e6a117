import type { Problem, UploadState } from "./messages.ts";
import { isEnded } from "./upload-summary.ts";

/** An upload that has ended, as the history keeps it: nothing secret, and no file's name but that of the first problem. */
export interface HistoryEntry {
  uploadId: string;
  /** What was dropped: the folder's name, or "3 items". */
  label: string;
  profileName: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Milliseconds since 1970. */
  endedAt: number;
  phase: "complete" | "failed" | "cancelled";
  files: number;
  bytes: bigint;
  /** The `attachments` value for CreateJob, as JSON text; of a complete upload. */
  attachments?: string;
  /** Of a failed upload: the cause. */
  problem?: Problem;
}

/** What the history keeps of an upload; nothing while it runs, nor of a preview that was given up. */
export function entryOf(state: UploadState): HistoryEntry | undefined {
  const { phase, result, problems, uploadId, label, profileName, startedAt, endedAt = startedAt } = state;
  if (!isEnded({ phase }) || state.isGivenUp) return undefined;
  const [problem] = problems;
  return {
    uploadId,
    label,
    profileName,
    startedAt,
    endedAt,
    phase: phase as HistoryEntry["phase"],
    files: result?.files ?? state.found.files,
    bytes: result?.bytes ?? state.found.bytes,
    ...(result && { attachments: result.manifest.attachments }),
    ...(problem && { problem }),
  };
}

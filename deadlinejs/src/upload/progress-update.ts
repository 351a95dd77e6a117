import type { ProgressPhase, ProgressUpdate, UploadProgress } from "../common/index.ts";
import type { TransferStatistics } from "../storage/index.ts";

const PHASES: Partial<Record<UploadProgress["phase"], ProgressPhase>> = {
  finding: "hashing",
  hashing: "hashing",
  checking: "checking",
  uploading: "uploading",
  // One small object more.
  manifest: "uploading",
};

/** The engine's progress as callbacks get it; nothing for an end, which is told with what came of it. */
export function progressUpdate(progress: UploadProgress): ProgressUpdate | undefined {
  const phase = PHASES[progress.phase];
  if (phase === undefined || phase === "complete") return undefined;
  const { filesDone, filesTotal, bytesDone, bytesTotal } = progress[phase];
  return {
    phase,
    ...(progress.currentFile !== undefined && { currentFile: progress.currentFile }),
    filesProcessed: filesDone,
    totalFiles: filesTotal,
    bytesProcessed: bytesDone,
    totalBytes: bytesTotal,
  };
}

/** The last one: everything is in the store. */
export function completeUpdate(statistics: TransferStatistics, bytes: bigint): ProgressUpdate {
  const { filesProcessed, filesSkipped, bytesSkipped } = statistics;
  return {
    phase: "complete",
    filesProcessed,
    totalFiles: filesProcessed,
    bytesProcessed: bytes,
    totalBytes: bytes,
    filesSkipped,
    bytesSkipped,
  };
}

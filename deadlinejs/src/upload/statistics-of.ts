import type { UploadSummary } from "../common/index.ts";
import type { TransferStatistics } from "../storage/index.ts";

/** The engine's sums under the names of the public API. */
export function statisticsOf(summary: UploadSummary): TransferStatistics {
  return {
    filesProcessed: summary.files,
    filesTransferred: summary.objectsWritten,
    filesSkipped: summary.objectsSkipped,
    bytesTransferred: summary.bytesWritten,
    bytesSkipped: summary.bytesSkipped,
  };
}

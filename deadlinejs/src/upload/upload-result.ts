import type { AttachmentsJson, ObjectResult } from "../common/index.ts";
import type { TransferStatistics } from "../storage/index.ts";

/** What an upload of contents left behind. */
export interface UploadedFiles {
  /** What was sent and what was not. */
  readonly statistics: TransferStatistics;
  /** Each distinct content: its key, whether this upload has written it, and who has verified it. */
  readonly objects: readonly ObjectResult[];
}

/** A manifest that was stored. */
export interface UploadedManifest {
  /** **Full** key of the manifest. */
  readonly manifestS3Key: string;
  /** XXH3-128 of the manifest's text, 32 lower-case hex digits: `inputManifestHash`. */
  readonly manifestHash: string;
  /**
   * The `attachments` of CreateJob. Its `inputManifestPath` is the key **below** `{rootPrefix}/Manifests/`,
   * as the service wants it.
   */
  readonly attachments: AttachmentsJson;
}

/** What a complete upload left behind. */
export interface UploadResult extends UploadedFiles, UploadedManifest {}

import {
  type ManifestLocation,
  type ProgressCallback,
  parseAttachments,
  type S3Location,
} from "../common/index.ts";
import type { FilesToHash } from "../hash/index.ts";
import type { StorageSettings } from "../storage/index.ts";
import { knownFiles, placedFiles, type UploadSource } from "./placed-files.ts";
import { completeUpdate } from "./progress-update.ts";
import { randomGuid } from "./random-guid.ts";
import { runUpload } from "./run-upload.ts";
import { checkSamePlace } from "./same-place.ts";
import { statisticsOf } from "./statistics-of.ts";
import type { UploadAttachmentsOptions } from "./upload-options.ts";
import { uploadPlace } from "./upload-place.ts";
import type { UploadResult } from "./upload-result.ts";
import { withTools } from "./with-tools.ts";

/**
 * Hashes files, sends what the store does not hold, and writes their manifest last: one call from files to
 * the `attachments` of CreateJob. Files run through on their own: while one is hashed another is sent.
 *
 * @param files with their places below the asset root; an `AsyncIterable` is read while the first files are sent
 * @param rootPath the asset root as the submitting machine spells it: absolute, native separators, none at its
 * end. Browsers do not tell it, so ask the person.
 * @param settings how to reach the bucket
 * @param s3Location where contents go, from `createS3Location`; workers look in the folders `Data` and `Manifests` only
 * @param manifestLocation whose manifest it is; of the same bucket and root prefix
 * @param options `manifestVersion: "v2023-03-03"` for workers of today
 * @throws `CancelledError`; `ValidationError` for settings and files that cannot be, `AttachmentError` for files
 * that cannot be read (`file-unreadable`, `file-changed`), `StorageError` for what the store says
 * (`access-denied`, `credentials-expired`, `network-unreachable`, ...), each with `problems`; what `files`
 * and `onProgress` throw
 */
export async function uploadAttachments(
  files: FilesToHash,
  rootPath: string,
  settings: StorageSettings,
  s3Location: S3Location,
  manifestLocation: ManifestLocation,
  options: UploadAttachmentsOptions = {},
): Promise<UploadResult> {
  const { manifestVersion = "v2025-12-04-beta", hashExecutor, signal, onProgress } = options;
  checkSamePlace(s3Location, manifestLocation);
  const { farmId, queueId } = manifestLocation;
  return withTools(settings, { contents: s3Location, rootPath }, options, async (tools) => {
    const place = uploadPlace(settings, s3Location, options.concurrency);
    const run = {
      settings: {
        place: { ...place, root: { farmId, queueId, rootPath } },
        manifest: { guid: randomGuid(), version: manifestVersion },
        skipExistenceCheck: options.skipExistenceCheck ?? false,
      },
      onProgress,
      signal,
      ...tools,
    };
    const { summary, objects } = await runUpload({ ...run, files: await sourceOf() });
    const statistics = statisticsOf(summary);
    if (!summary.manifest) throw new Error("a complete upload has a manifest");
    onProgress?.(completeUpdate(statistics, summary.bytes));
    const { key, hash, attachments } = summary.manifest;
    return {
      manifestS3Key: key,
      manifestHash: hash,
      attachments: parseAttachments(attachments),
      statistics,
      objects,
    };
  });

  /** An executor that gives no lanes to the engine has its turn before. */
  async function sourceOf(): Promise<UploadSource> {
    if (!hashExecutor || hashExecutor.lanes) return placedFiles(files);
    const hashed = await hashExecutor.hashFiles(files, { signal, onProgress: notTheEnd(onProgress) });
    return knownFiles(hashed, manifestVersion);
  }
}

/** There is more to come after the hashing. */
function notTheEnd(onProgress: ProgressCallback | undefined): ProgressCallback | undefined {
  return onProgress && ((update) => (update.phase === "complete" ? undefined : onProgress(update)));
}

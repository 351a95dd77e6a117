import {
  type HashedFile,
  type Manifest,
  type ManifestLocation,
  type S3Location,
  ValidationError,
} from "../common/index.ts";
import type { StorageSettings } from "../storage/index.ts";
import type { UploadOptions } from "./upload-options.ts";
import { UploadOrchestrator } from "./upload-orchestrator.ts";
import type { UploadResult } from "./upload-result.ts";

/**
 * Sends files that were hashed before, then a manifest that was made of them, by `createManifestFromFiles` or
 * in any other way.
 *
 * @param manifest every content that it names must be among `files`
 * @param files what `hashFilesOnly` or a `HashExecutor` gave
 * @param rootPath the asset root as the submitting machine spells it: absolute, native separators, none at its
 * end
 * @param settings how to reach the bucket
 * @param s3Location where contents go, from `createS3Location`
 * @param manifestLocation whose manifest it is; of the same bucket and root prefix
 * @throws as `uploadAttachments`; `ValidationError` with code `manifest-content-missing`
 */
export async function uploadManifestAndFiles(
  manifest: Manifest,
  files: readonly HashedFile[],
  rootPath: string,
  settings: StorageSettings,
  s3Location: S3Location,
  manifestLocation: ManifestLocation,
  options: UploadOptions = {},
): Promise<UploadResult> {
  checkComplete(manifest, files);
  const orchestrator = new UploadOrchestrator(settings, s3Location);
  const uploaded = await orchestrator.uploadFiles(files, { ...options, manifestVersion: manifest.version });
  const stored = await orchestrator.uploadManifest(manifest, rootPath, manifestLocation, options);
  return { ...stored, ...uploaded };
}

/** A job whose manifest names what nobody has sent would fail on its worker. */
function checkComplete(manifest: Manifest, files: readonly HashedFile[]): void {
  const given = new Set(files.flatMap(({ hash, chunkHashes = [] }) => [hash, ...chunkHashes]));
  const isMissing = (hashes: readonly (string | undefined)[]) =>
    hashes.some((hash) => hash !== undefined && !given.has(hash));
  const missing = manifest.isV1()
    ? manifest.getPaths().find(({ hash }) => isMissing([hash]))?.path
    : manifest.getFiles().find(({ hash, chunkhashes = [] }) => isMissing([hash, ...chunkhashes]))?.name;
  if (missing === undefined) return;
  throw new ValidationError(
    `${missing}: the manifest names this file, but its content is not among the files. Pass all that were hashed.`,
    "manifest-content-missing",
  );
}

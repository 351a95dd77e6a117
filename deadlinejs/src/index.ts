/**
 * Uploads files as AWS Deadline Cloud job attachments. The rules are in Rust (WASM); this package
 * reads files, sends requests and tells the engine what came of it.
 */
export * from "./common/index.ts";
export { createManifestFromFiles } from "./create-manifest-from-files.ts";
export * from "./hash/index.ts";
export { type HashFilesOptions, hashFilesOnly } from "./hash-files-only.ts";
export type { Journal, KnownFile } from "./journal/index.ts";
export * from "./storage/index.ts";
export {
  type Existence,
  type ExistenceOptions,
  type UploadAttachmentsOptions,
  type UploadedFiles,
  type UploadedManifest,
  type UploadFilesOptions,
  type UploadOptions,
  UploadOrchestrator,
  type UploadResult,
  uploadAttachments,
  uploadManifestAndFiles,
} from "./upload/index.ts";

/**
 * Uploads: the Rust engine decides, this does what it asks for. What `index.ts` of the package does not export
 * is the engine's own border, for programs that show and steer more: the browser extension.
 */
export type { FileSource } from "./file-source.ts";
export { uploadAttachments } from "./upload-attachments.ts";
export {
  type FilePatterns,
  type FileToUpload,
  UploadDriver,
  type UploadDriverOptions,
} from "./upload-driver.ts";
export { uploadManifestAndFiles } from "./upload-manifest-and-files.ts";
export type { UploadAttachmentsOptions, UploadOptions } from "./upload-options.ts";
export {
  type Existence,
  type ExistenceOptions,
  type UploadFilesOptions,
  UploadOrchestrator,
} from "./upload-orchestrator.ts";
export type { UploadedFiles, UploadedManifest, UploadResult } from "./upload-result.ts";

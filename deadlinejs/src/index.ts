/**
 * Uploads files as AWS Deadline Cloud job attachments. The rules are in Rust (WASM); this package
 * reads files, sends requests and tells the engine what came of it.
 */
export * from "./common/index.ts";
export { createManifestFromFiles } from "./create-manifest-from-files.ts";
export * from "./hash/index.ts";
export { type HashFilesOptions, hashFilesOnly } from "./hash-files-only.ts";
export * from "./storage/index.ts";
export {
  type FileSource,
  type FileToUpload,
  UploadDriver,
  type UploadDriverOptions,
} from "./upload/index.ts";

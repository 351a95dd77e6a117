/**
 * One upload: the Rust engine decides, this does what it asks for.
 */
export type { FileSource } from "./file-source.ts";
export { type FileToUpload, UploadDriver, type UploadDriverOptions } from "./upload-driver.ts";

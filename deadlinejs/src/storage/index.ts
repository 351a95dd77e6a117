/**
 * Reaching a store: where things are in it, requests to it, and single objects. Knows nothing of hashing
 * files.
 */
export {
  type AttachmentsJson,
  createS3Location,
  encodeAttachments,
  fullCasKey,
  inputManifestPath,
  type ManifestLocation,
  type ManifestProperties,
  manifestKey,
  manifestNameHash,
  parseAttachments,
  type S3Location,
} from "../common/index.ts";
export type { Credentials, CredentialsIdentity } from "./credentials.ts";
export { downloadManifest } from "./download-manifest.ts";
export type { ObjectInfo } from "./object-info.ts";
export type { ObjectStore, Sending, StoreAnswer, StoreRequest } from "./object-store.ts";
export { type RequestSigner, type RequestToSign, SigningRefused } from "./request-signer.ts";
export { type GetOptions, type PutOptions, type RequestOptions, S3Client } from "./s3-client.ts";
export { objectStore, SdkStore } from "./sdk-store.ts";
export { SignedFetchStore } from "./signed-fetch-store.ts";
export type { StorageSettings } from "./storage-settings.ts";
export type { TransferStatistics } from "./transfer-statistics.ts";

import type { ProfileFields } from "./messages.ts";
import { type MessageName, text } from "./text.ts";

const LABELS: Record<keyof ProfileFields, MessageName> = {
  name: "profileName",
  region: "profileRegion",
  farmId: "profileFarmId",
  queueId: "profileQueueId",
  bucket: "profileBucket",
  rootPrefix: "profileRootPrefix",
  assetRoot: "profileAssetRoot",
  assetRootFormat: "profileAssetRootFormat",
  endpoint: "profileEndpoint",
  pathStyle: "profilePathStyle",
  expectedBucketOwner: "profileExpectedBucketOwner",
  concurrency: "profileConcurrency",
  bandwidthLimit: "profileBandwidthLimit",
  spreadHosts: "profileSpreadHosts",
  casPrefix: "profileCasPrefix",
  manifestPrefix: "profileManifestPrefix",
  locationName: "profileLocationName",
  storageProfileId: "profileStorageProfileId",
  outputDirectories: "profileOutputDirectories",
  manifestVersion: "profileManifestVersion",
  queueRole: "profileQueueRole",
  deadlineEndpoint: "profileDeadlineEndpoint",
  principalId: "profilePrincipalId",
};

/** How the options page calls a field of a profile, for sentences about it elsewhere. */
export function profileLabel(field: keyof ProfileFields): string {
  return text(LABELS[field]);
}

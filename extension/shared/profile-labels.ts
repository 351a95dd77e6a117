import type { ProfileFields } from "./messages.ts";

/** How the options page calls each field of a profile, for sentences about it elsewhere. */
export const PROFILE_LABELS: Record<keyof ProfileFields, string> = {
  name: "Profile name",
  region: "Region",
  farmId: "Farm ID",
  queueId: "Queue ID",
  bucket: "Bucket",
  rootPrefix: "Root prefix",
  assetRoot: "Asset root",
  assetRootFormat: "Path format",
  endpoint: "Endpoint",
  pathStyle: "Path-style addresses",
  expectedBucketOwner: "Bucket owner",
  concurrency: "Requests at once",
  bandwidthLimit: "Bandwidth limit",
  spreadHosts: "Several addresses",
  casPrefix: "Content folder",
  manifestPrefix: "Manifest folder",
  locationName: "File system location",
  outputDirectories: "Output folders",
  manifestVersion: "Manifest version",
};

/** `storage.session` or `storage.local` for tests: values are copied in and out, as a browser does it. */
export class FakeStorage {
  readonly held = new Map<string, unknown>();

  get = async (key: string | null): Promise<Record<string, unknown>> => {
    const all = structuredClone(Object.fromEntries(this.held));
    if (key === null) return all;
    return key in all ? { [key]: all[key] } : {};
  };

  set = async (items: Record<string, unknown>): Promise<void> => {
    for (const [key, value] of Object.entries(items)) this.held.set(key, structuredClone(value));
  };

  remove = async (keys: string | string[]): Promise<void> => {
    for (const key of [keys].flat()) this.held.delete(key);
  };
}

/** A profile that keeps all rules. */
export const goodProfile = {
  name: "Farm",
  region: "us-west-2",
  farmId: "farm-0123456789abcdef0123456789abcdef",
  queueId: "queue-fedcba9876543210fedcba9876543210",
  bucket: "job-attachments",
  rootPrefix: "DeadlineCloud",
  assetRoot: "/projects",
  assetRootFormat: "posix" as const,
  endpoint: "",
  pathStyle: false,
  expectedBucketOwner: "",
  concurrency: 0,
  bandwidthLimit: 0,
  spreadHosts: false,
  casPrefix: "",
  manifestPrefix: "",
  locationName: "",
  storageProfileId: "",
  outputDirectories: [],
  manifestVersion: "v2023-03-03" as const,
  queueRole: false,
  deadlineEndpoint: "",
  principalId: "",
};

/** Where an upload to that profile goes. */
export const goodPlace = { profile: goodProfile, profileId: "film", label: "shot_010", isHeld: false };

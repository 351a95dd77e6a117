import { beforeEach, describe, expect, it, vi } from "vitest";
import { goodProfile } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({ askDeadline: vi.fn(), checkStorageProfile: vi.fn() }));
vi.mock("./deadline.ts", () => ({
  askDeadline: mocks.askDeadline,
  shownProblem: (problem: unknown) => problem,
}));
// The rule itself is Rust's, and tested there.
vi.mock("./rules.ts", () => ({ checkStorageProfile: mocks.checkStorageProfile }));

const { listStorageProfiles, storageProfileOf } = await import("./storage-profile.ts");

const storageProfileId = "sp-0123456789abcdef0123456789abcdef";
const queue = { requiredLocationNames: ["Assets"], allowedStorageProfileIds: [] };
const storageProfile = { storageProfileId, name: "Workstations", osFamily: "LINUX", locations: [] };
const asked = () => mocks.askDeadline.mock.calls.map(([, { type }]) => type);

beforeEach(() => {
  vi.resetAllMocks();
  mocks.askDeadline.mockImplementation(async (_place, { type }) =>
    type === "get-queue" ? { type: "queue", queue } : { type: "storage-profile", storageProfile },
  );
  mocks.checkStorageProfile.mockResolvedValue(undefined);
});

describe("the storage profile of an upload", () => {
  it("is not asked for where the profile asks Deadline Cloud nothing", async () => {
    expect(await storageProfileOf(goodProfile)).toBeUndefined();
    expect(asked()).toEqual([]);
  });

  it("is as the queue tells it now, once the queue would take it", async () => {
    expect(await storageProfileOf({ ...goodProfile, storageProfileId })).toEqual(storageProfile);
    expect(asked()).toEqual(["get-queue", "get-storage-profile-for-queue"]);
    expect(mocks.checkStorageProfile).toHaveBeenCalledWith(queue, "posix", storageProfile);
  });

  it("may be needed by a queue although none was chosen", async () => {
    const problem = { code: "storage-profile-needed", what: "what", next: "next" };
    mocks.checkStorageProfile.mockResolvedValue(problem);
    await expect(storageProfileOf({ ...goodProfile, queueRole: true })).rejects.toMatchObject({ problem });
    expect(asked()).toEqual(["get-queue"]);
    expect(mocks.checkStorageProfile).toHaveBeenCalledWith(queue, "posix", undefined);
  });
});

it("the list of a queue is followed to its end", async () => {
  const page = (name: string, nextToken?: string) => ({
    type: "storage-profiles",
    storageProfiles: [{ ...storageProfile, name }],
    ...(nextToken !== undefined && { nextToken }),
  });
  mocks.askDeadline.mockResolvedValueOnce(page("a", "more")).mockResolvedValueOnce(page("b"));
  const { region, deadlineEndpoint, principalId, farmId, queueId } = goodProfile;
  const place = { region, deadlineEndpoint, principalId, farmId, queueId };
  const all = await listStorageProfiles({ type: "storageProfiles.list", ...place });
  expect(all.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(mocks.askDeadline.mock.lastCall?.[1]).toMatchObject({ nextToken: "more" });
});

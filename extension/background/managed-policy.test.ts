import { beforeEach, describe, expect, it, vi } from "vitest";
import schema from "../managed-schema.json" with { type: "json" };
import { ProfileDocumentSchema } from "../shared/messages.ts";
import { goodProfile } from "./fake-storage.ts";
import { managedPolicy } from "./managed-policy.ts";

const mocks = vi.hoisted(() => ({ get: vi.fn() }));
vi.mock("../shared/browser.ts", () => ({ browser: { storage: { managed: { get: mocks.get } } } }));

const studio = { ...goodProfile, id: "studio" };

beforeEach(() => {
  vi.resetAllMocks();
  vi.spyOn(console, "warn").mockReturnValue(undefined);
});

describe("managedPolicy", () => {
  it.each([
    ["there is none", async () => ({})],
    ["the browser rejects for want of one", () => Promise.reject(new Error("Managed storage not found"))],
  ])("allows everything where %s", async (_what, get) => {
    mocks.get.mockImplementation(get);
    expect(await managedPolicy()).toEqual({
      profiles: [],
      allowOwnProfiles: true,
      defaultProfileId: undefined,
    });
  });

  it("locks its profiles, and says what else is allowed", async () => {
    mocks.get.mockResolvedValue({ profiles: [studio], defaultProfile: "studio", allowOwnProfiles: false });
    expect(await managedPolicy()).toEqual({
      profiles: [{ id: "managed-studio", fields: goodProfile, isLocked: true }],
      allowOwnProfiles: false,
      defaultProfileId: "managed-studio",
    });
  });

  it("leaves out a profile that it cannot read, and names it in the console", async () => {
    mocks.get.mockResolvedValue({ profiles: [{ ...studio, id: "a/b" }, { ...studio, secret: 1 }, studio] });
    expect((await managedPolicy()).profiles).toHaveLength(1);
    expect(console.warn).toHaveBeenCalledTimes(2);
  });
});

describe("the schema for administrators", () => {
  it("has every field of a profile and no other", () => {
    const { properties } = schema.properties.profiles.items;
    expect(Object.keys(properties).sort()).toEqual(
      ["id", ...Object.keys(ProfileDocumentSchema.entries)].sort(),
    );
  });

  it("requires what has no usual value", async () => {
    const { required } = schema.properties.profiles.items;
    for (const name of required) {
      const { [name as "id"]: _, ...rest } = studio;
      mocks.get.mockResolvedValue({ profiles: [rest] });
      expect((await managedPolicy()).profiles, name).toEqual([]);
    }
    const least = Object.fromEntries(required.map((name) => [name, studio[name as "id"]]));
    mocks.get.mockResolvedValue({ profiles: [least] });
    expect((await managedPolicy()).profiles).toHaveLength(1);
  });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ProfileFields } from "../shared/messages.ts";
import { FakeStorage, goodProfile } from "./fake-storage.ts";
import {
  chooseProfile,
  deleteProfile,
  readProfiles,
  saveProfile,
  setDefaultProfile,
  usableProfile,
} from "./profile-store.ts";

const browser = vi.hoisted(() => ({}) as { local: FakeStorage; session: FakeStorage; managed: FakeStorage });
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get local() {
        return browser.local;
      },
      get session() {
        return browser.session;
      },
      get managed() {
        return browser.managed;
      },
    },
  },
}));
// The rules themselves are Rust's, and tested there.
vi.mock("./rules.ts", () => ({
  judgeProfile: async ({ bucket, spreadHosts }: ProfileFields) =>
    bucket === "Bad"
      ? { errors: [{ field: "bucket", code: "bucket-invalid", message: "not a name" }], originPatterns: [] }
      : { errors: [], originPatterns: [hostOf(bucket), ...(spreadHosts ? [hostOf(`${bucket}.more`)] : [])] },
}));

function hostOf(bucket: string): string {
  return `https://${bucket}.s3.amazonaws.com/*`;
}

const other = { ...goodProfile, name: "Other", bucket: "other" };
const managed = { ...other, id: "studio", name: "Studio" };

const names = async () => (await readProfiles()).all.map(({ fields }) => fields.name);

beforeEach(() => {
  browser.local = new FakeStorage();
  browser.session = new FakeStorage();
  browser.managed = new FakeStorage();
});

describe("profile store", () => {
  it("keeps good profiles, sorted, without white space around their fields", async () => {
    const second = await saveProfile(other);
    const first = await saveProfile({ ...goodProfile, name: " Farm " });
    expect((await readProfiles()).all).toEqual([first, second]);
    expect(first.fields).toEqual(goodProfile);
    expect(await usableProfile(first.id)).toEqual({
      id: first.id,
      profile: goodProfile,
      originPatterns: [hostOf("job-attachments")],
    });
  });

  it("changes the profile that is named, and no other", async () => {
    const { id } = await saveProfile(goodProfile);
    await saveProfile(other);
    await saveProfile({ ...goodProfile, name: "Renamed" }, id);
    expect(await names()).toEqual(["Other", "Renamed"]);
  });

  it("refuses a bad one in the words of the options page, and keeps the one before", async () => {
    const { id } = await saveProfile(goodProfile);
    await expect(saveProfile({ ...goodProfile, bucket: "Bad" }, id)).rejects.toMatchObject({
      problem: { code: "profile-invalid", what: "The profile cannot be used: Bucket: not a name." },
    });
    expect((await usableProfile(id)).profile).toEqual(goodProfile);
  });

  it("refuses a second one of the same name", async () => {
    const { id } = await saveProfile(goodProfile);
    await saveProfile(goodProfile, id);
    await expect(saveProfile(goodProfile)).rejects.toMatchObject({ problem: { code: "profile-name-taken" } });
  });

  it("keeps what was typed of a profile that was deleted meanwhile", async () => {
    const { id } = await saveProfile(goodProfile);
    await deleteProfile(id);
    await saveProfile(goodProfile, id);
    expect(await names()).toEqual(["Farm"]);
  });

  it("knows no profile that was never saved, or is gone", async () => {
    const { id } = await saveProfile(goodProfile);
    await deleteProfile(id);
    for (const doing of [usableProfile, deleteProfile, setDefaultProfile, chooseProfile])
      await expect(doing(id)).rejects.toMatchObject({ problem: { code: "profile-missing" } });
  });

  it("leaves out what it cannot read", async () => {
    await browser.local.set({ "profile-half": { bucket: "half a profile" } });
    expect(await names()).toEqual([]);
  });
});

describe("the chosen profile", () => {
  const chosen = async () => (await readProfiles()).chosen?.fields.name;

  it("is the first that was saved, until another one is the default", async () => {
    expect(await chosen()).toBeUndefined();
    await saveProfile(other);
    const { id } = await saveProfile(goodProfile);
    expect(await chosen()).toBe("Other");
    await setDefaultProfile(id);
    expect(await chosen()).toBe("Farm");
  });

  it("is another one for this browser session, and the default in the next", async () => {
    await saveProfile(goodProfile);
    const { id } = await saveProfile(other);
    await chooseProfile(id);
    expect(await chosen()).toBe("Other");
    browser.session = new FakeStorage();
    expect(await chosen()).toBe("Farm");
  });

  it("is the new default as soon as there is one", async () => {
    const { id } = await saveProfile(goodProfile);
    await chooseProfile((await saveProfile(other)).id);
    await setDefaultProfile(id);
    expect(await chosen()).toBe("Farm");
  });

  it("is another one when it is deleted", async () => {
    const { id } = await saveProfile(goodProfile);
    await saveProfile(other);
    await deleteProfile(id);
    expect(await chosen()).toBe("Other");
  });
});

describe("the only profile of earlier versions", () => {
  it("becomes the first of several, once", async () => {
    const { name, region, farmId, queueId, bucket, rootPrefix, ...others } = goodProfile;
    const { assetRoot, assetRootFormat, endpoint, pathStyle } = others;
    const where = { region, farmId, queueId, bucket, rootPrefix, endpoint, pathStyle };
    const old = { name, ...where, assetRoot, assetRootFormat };
    await browser.local.set({ profile: old });
    await Promise.all([readProfiles(), readProfiles()]);
    const { all, chosen } = await readProfiles();
    expect(all).toEqual([{ id: "first", fields: goodProfile, isLocked: false }]);
    expect(chosen?.id).toBe("first");
    expect([...browser.local.held.keys()]).toEqual(["profile-first", "defaultProfile"]);
  });
});

describe("an administrator's profiles", () => {
  beforeEach(() => browser.managed.set({ profiles: [managed, { id: "half" }] }));

  it("stand beside a person's own, and cannot be changed or deleted", async () => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    await saveProfile(goodProfile);
    expect(await names()).toEqual(["Farm", "Studio"]);
    const id = "managed-studio";
    for (const doing of [() => saveProfile(goodProfile, id), () => deleteProfile(id)])
      await expect(doing()).rejects.toMatchObject({ problem: { code: "profile-locked" } });
    expect((await usableProfile(id)).originPatterns).toEqual([hostOf("other")]);
  });

  it("are where uploads go as the policy says, until a person makes another one the default", async () => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    await browser.managed.set({ profiles: [] });
    const { id } = await saveProfile(goodProfile);
    expect((await readProfiles()).chosen?.id).toBe(id);
    await browser.managed.set({ profiles: [managed], defaultProfile: "studio" });
    expect((await readProfiles()).chosen?.id).toBe("managed-studio");
    await setDefaultProfile(id);
    expect((await readProfiles()).chosen?.id).toBe(id);
  });

  it("are all there is where the policy says so, and one of them can be the default", async () => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    await saveProfile(goodProfile);
    const second = { ...managed, id: "tests", name: "Tests" };
    const profiles = [managed, second];
    await browser.managed.set({ profiles, allowOwnProfiles: false, defaultProfile: "tests" });
    expect(await names()).toEqual(["Studio", "Tests"]);
    expect((await readProfiles()).chosen?.id).toBe("managed-tests");
    await expect(saveProfile({ ...goodProfile, name: "Mine" })).rejects.toMatchObject({
      problem: { code: "profile-locked" },
    });
  });
});

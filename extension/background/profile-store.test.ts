import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ProfileFields } from "../shared/messages.ts";
import { FakeStorage, goodProfile } from "./fake-storage.ts";
import { saveProfile, storedProfile, usableProfile } from "./profile-store.ts";
import { noteUpload } from "./upload-store.ts";

const browser = vi.hoisted(() => ({}) as { local: FakeStorage; session: FakeStorage; given: string[] });
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get local() {
        return browser.local;
      },
      get session() {
        return browser.session;
      },
    },
  },
  giveBackHosts: async (hosts: string[], needed: string[]) =>
    browser.given.push(...hosts.filter((host) => !needed.includes(host))),
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

const other = { ...goodProfile, bucket: "other" };

beforeEach(() => {
  browser.local = new FakeStorage();
  browser.session = new FakeStorage();
  browser.given = [];
});

describe("profile store", () => {
  it("keeps a good profile without white space around its fields", async () => {
    await saveProfile({ ...goodProfile, name: " Farm " });
    expect(await storedProfile()).toEqual(goodProfile);
    expect(await usableProfile()).toMatchObject({
      originPatterns: [hostOf("job-attachments")],
    });
  });

  it("refuses a bad one in the words of the options page, and keeps the one before", async () => {
    await saveProfile(goodProfile);
    await expect(saveProfile({ ...goodProfile, bucket: "Bad" })).rejects.toMatchObject({
      problem: { code: "profile-invalid", what: "The profile cannot be used: Bucket: not a name." },
    });
    expect(await storedProfile()).toEqual(goodProfile);
    expect(browser.given).toEqual([]);
  });

  it("gives back the access to a host that it names no more", async () => {
    await saveProfile(goodProfile);
    await saveProfile({ ...goodProfile, name: "The same host" });
    expect(browser.given).toEqual([]);
    await saveProfile(other);
    expect(browser.given).toEqual([hostOf("job-attachments")]);
  });

  it("gives back the hosts that it does not spread over any more, and keeps its own", async () => {
    await saveProfile({ ...goodProfile, spreadHosts: true });
    await saveProfile(goodProfile);
    expect(browser.given).toEqual([hostOf("job-attachments.more")]);
  });

  it("still reads a profile of the time before owner and limits", async () => {
    const { expectedBucketOwner, concurrency, bandwidthLimit, spreadHosts, ...old } = goodProfile;
    await browser.local.set({ profile: old });
    expect(await storedProfile()).toEqual(goodProfile);
  });

  it("leaves a running upload its access", async () => {
    await saveProfile(goodProfile);
    await noteUpload("5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11", goodProfile);
    await saveProfile(other);
    expect(browser.given).toEqual([]);
  });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage, goodPlace, goodProfile } from "./fake-storage.ts";
import {
  forgetUpload,
  noteBegun,
  noteFailed,
  noteUpload,
  placeOfFailed,
  placeOfUpload,
  profileOfUpload,
  runningUploads,
} from "./upload-store.ts";

const session = vi.hoisted(() => ({}) as { area: FakeStorage });
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return session.area;
      },
    },
  },
}));

const FIRST = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const SECOND = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a12";

beforeEach(() => {
  session.area = new FakeStorage();
});

describe("upload store", () => {
  it("keeps where each upload goes", async () => {
    await noteUpload(FIRST, goodPlace);
    await noteUpload(SECOND, { ...goodPlace, profile: { ...goodProfile, bucket: "other" } });
    expect(await profileOfUpload(FIRST)).toEqual(goodProfile);
    expect(await profileOfUpload(SECOND)).toMatchObject({ bucket: "other" });
  });

  it("tells a preview from an upload, once that has begun", async () => {
    await noteUpload(FIRST, { ...goodPlace, isHeld: true });
    expect(await placeOfUpload(FIRST)).toMatchObject({ isHeld: true });
    await noteBegun(FIRST);
    expect(await placeOfUpload(FIRST)).toEqual(goodPlace);
    // Its end may have come before.
    await noteBegun(SECOND);
    expect(await placeOfUpload(SECOND)).toBeUndefined();
  });

  it("keeps nothing of an upload that has ended, and everything of the others", async () => {
    await noteUpload(FIRST, goodPlace);
    await noteUpload(SECOND, goodPlace);
    await forgetUpload(FIRST);
    expect(await profileOfUpload(FIRST)).toBeUndefined();
    expect(await profileOfUpload(SECOND)).toEqual(goodProfile);
    expect(session.area.held.size).toBe(1);
  });

  it("gives nothing for what it cannot read", async () => {
    await noteUpload(FIRST, goodPlace);
    for (const key of session.area.held.keys()) session.area.held.set(key, { bucket: "half a profile" });
    expect(await profileOfUpload(FIRST)).toBeUndefined();
  });
});

describe("an upload that has failed", () => {
  it("is known until another one fails", async () => {
    await noteUpload(FIRST, goodPlace);
    await noteFailed(FIRST);
    await forgetUpload(FIRST);
    expect(await placeOfFailed(FIRST)).toEqual(goodPlace);
    expect(await profileOfUpload(FIRST)).toBeUndefined();
    expect(await runningUploads()).toEqual([]);
    await noteUpload(SECOND, goodPlace);
    expect(await placeOfFailed(SECOND)).toBeUndefined();
    await noteFailed(SECOND);
    expect(await placeOfFailed(FIRST)).toBeUndefined();
    expect(await placeOfFailed(SECOND)).toEqual(goodPlace);
  });

  it("is not known where it never ran", async () => {
    await noteFailed(FIRST);
    expect(await placeOfFailed(FIRST)).toBeUndefined();
  });
});

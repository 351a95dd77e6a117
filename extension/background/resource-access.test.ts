import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage } from "./fake-storage.ts";
import { borrowAccess, giveBackAccess } from "./resource-access.ts";

const mocks = vi.hoisted(() => ({
  session: undefined as unknown as object,
  contains: vi.fn(),
  request: vi.fn(),
  remove: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    permissions: { contains: mocks.contains, request: mocks.request, remove: mocks.remove },
    storage: {
      get session() {
        return mocks.session;
      },
    },
  },
}));

const SITE = "https://cdn.example.com/*";

beforeEach(() => {
  vi.clearAllMocks();
  mocks.session = new FakeStorage();
  mocks.contains.mockResolvedValue(false);
  mocks.request.mockResolvedValue(true);
});

describe("borrowAccess", () => {
  it("asks before anything is awaited, while the click still counts", () => {
    void borrowAccess(SITE);
    expect(mocks.request).toHaveBeenCalledExactlyOnceWith({ origins: [SITE] });
  });

  it("is given back once", async () => {
    expect(await borrowAccess(SITE)).toBe(true);
    await giveBackAccess(SITE);
    await giveBackAccess(SITE);
    expect(mocks.remove).toHaveBeenCalledExactlyOnceWith({ origins: [SITE] });
  });

  it("gives nothing back that was there before", async () => {
    mocks.contains.mockResolvedValue(true);
    expect(await borrowAccess(SITE)).toBe(true);
    await giveBackAccess(SITE);
    expect(mocks.remove).not.toHaveBeenCalled();
  });

  it("does without the question where there was no click, and access is there", async () => {
    mocks.request.mockRejectedValue(new Error("no gesture"));
    expect(await borrowAccess(SITE)).toBe(false);
    mocks.contains.mockResolvedValue(true);
    expect(await borrowAccess(SITE)).toBe(true);
  });

  it("is a no when the person says no", async () => {
    mocks.request.mockResolvedValue(false);
    expect(await borrowAccess(SITE)).toBe(false);
    await giveBackAccess(SITE);
    expect(mocks.remove).not.toHaveBeenCalled();
  });
});

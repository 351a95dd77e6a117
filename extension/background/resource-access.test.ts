import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage } from "./fake-storage.ts";
import { borrowAccess, lentHosts, returnAccess } from "./resource-access.ts";

const mocks = vi.hoisted(() => ({
  session: undefined as unknown as object,
  mayReach: vi.fn(),
  request: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return mocks.session;
      },
    },
  },
  mayReach: mocks.mayReach,
  requestHosts: mocks.request,
}));

const SITE = "https://cdn.example.com/*";

beforeEach(() => {
  vi.clearAllMocks();
  mocks.session = new FakeStorage();
  mocks.mayReach.mockResolvedValue(false);
  mocks.request.mockResolvedValue(true);
});

describe("borrowAccess", () => {
  it("asks before anything is awaited, while the click still counts", () => {
    void borrowAccess(SITE);
    expect(mocks.request).toHaveBeenCalledExactlyOnceWith([SITE]);
  });

  it("is lent until it is returned", async () => {
    expect(await borrowAccess(SITE)).toBe(true);
    expect(await lentHosts()).toEqual([SITE]);
    await returnAccess(SITE);
    expect(await lentHosts()).toEqual([]);
  });

  it("lends nothing that was there before", async () => {
    mocks.mayReach.mockResolvedValue(true);
    expect(await borrowAccess(SITE)).toBe(true);
    expect(await lentHosts()).toEqual([]);
  });

  it("lends to the second of two resources what is there because of the first", async () => {
    await borrowAccess(SITE);
    mocks.mayReach.mockResolvedValue(true);
    await borrowAccess(SITE);
    await returnAccess(SITE);
    expect(await lentHosts()).toEqual([SITE]);
    await returnAccess(SITE);
    expect(await lentHosts()).toEqual([]);
  });

  it("does without the question where there was no click, and access is there", async () => {
    mocks.request.mockRejectedValue(new Error("no gesture"));
    expect(await borrowAccess(SITE)).toBe(false);
    mocks.mayReach.mockResolvedValue(true);
    expect(await borrowAccess(SITE)).toBe(true);
  });

  it("is a no when the person says no", async () => {
    mocks.request.mockResolvedValue(false);
    expect(await borrowAccess(SITE)).toBe(false);
    expect(await lentHosts()).toEqual([]);
  });
});

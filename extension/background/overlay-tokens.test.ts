import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage } from "./fake-storage.ts";
import { claimOverlay, expectOverlay } from "./overlay-tokens.ts";

const mocks = vi.hoisted(() => ({ session: undefined as unknown as object }));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return mocks.session;
      },
    },
  },
}));

beforeEach(() => {
  mocks.session = new FakeStorage();
});

describe("claimOverlay", () => {
  it("is true once, for a token that was announced in the same tab", async () => {
    await expectOverlay("token", 7);
    expect(await claimOverlay("token", 7)).toBe(true);
    expect(await claimOverlay("token", 7)).toBe(false);
  });

  it("is false for a token that nobody has announced", async () => {
    await expectOverlay("token", 7);
    expect(await claimOverlay("guess", 7)).toBe(false);
  });

  it("is false in another tab, and the token is spent by the attempt", async () => {
    await expectOverlay("token", 7);
    expect(await claimOverlay("token", 8)).toBe(false);
    expect(await claimOverlay("token", 7)).toBe(false);
  });

  it("is false outside of tabs", async () => {
    await expectOverlay("token", undefined);
    expect(await claimOverlay("token", undefined)).toBe(false);
  });

  it("loses none of several that come at once", async () => {
    await Promise.all(["a", "b", "c"].map((token) => expectOverlay(token, 7)));
    expect(await Promise.all(["a", "b", "c"].map((token) => claimOverlay(token, 7)))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("knows the last 16 that were announced, however many nobody came for", async () => {
    const tokens = Array.from({ length: 20 }, (_, number) => `token ${number}`);
    for (const token of tokens) await expectOverlay(token, 7);
    const claimed: boolean[] = [];
    for (const token of tokens) claimed.push(await claimOverlay(token, 7));
    expect(claimed.indexOf(true)).toBe(4);
    expect(claimed.filter((is) => is)).toHaveLength(16);
  });
});

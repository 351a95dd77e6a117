import { beforeEach, describe, expect, it, vi } from "vitest";
import { goodProfile } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  makeSigner: vi.fn(),
  makeConnectionCheck: vi.fn(),
  sign: vi.fn(),
  freeSigner: vi.fn(),
  freeCheck: vi.fn(),
  forgetting: new AbortController(),
}));
vi.mock("./profile-store.ts", () => ({
  usableProfile: async () => ({ profile: goodProfile, originPatterns: [] }),
}));
vi.mock("./store-access.ts", () => ({ storeAccess: async () => ({ keys: {}, renewAt: 0 }) }));
vi.mock("./rules.ts", () => ({
  makeSigner: mocks.makeSigner,
  makeConnectionCheck: mocks.makeConnectionCheck,
}));
vi.mock("./vault.ts", () => ({ untilForgotten: () => mocks.forgetting.signal }));

const { testConnection } = await import("./connection-test.ts");

/** A store that is asked and never answers. */
const silence = (_: string, { signal }: { signal: AbortSignal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

beforeEach(() => {
  vi.resetAllMocks();
  mocks.forgetting = new AbortController();
  mocks.sign.mockReturnValue({ url: "https://b.s3.us-west-2.amazonaws.com/", headers: {} });
  mocks.makeSigner.mockImplementation(async () => ({ sign: mocks.sign, free: mocks.freeSigner }));
  mocks.makeConnectionCheck.mockImplementation(async () => ({
    next: () => ({ method: "GET", key: "", query: {}, headers: {}, host: 0, clockOffset: 0 }),
    answered: vi.fn(),
    unanswered: vi.fn(),
    findings: () => ({ steps: [] }),
    free: mocks.freeCheck,
  }));
});

describe("a test of the connection", () => {
  it("makes no signer for a check that cannot be made", async () => {
    mocks.makeConnectionCheck.mockRejectedValue(new Error("no memory"));
    await expect(testConnection("id")).rejects.toThrow("no memory");
    expect(mocks.makeSigner).not.toHaveBeenCalled();
  });

  it("frees the check where no signer can be made", async () => {
    mocks.makeSigner.mockRejectedValue(new Error("no memory"));
    await expect(testConnection("id")).rejects.toThrow("no memory");
    expect(mocks.freeCheck).toHaveBeenCalledTimes(1);
  });

  it("signs nothing any more, and frees its signer, once everything is forgotten", async () => {
    vi.stubGlobal("fetch", vi.fn(silence));
    try {
      const testing = testConnection("id");
      await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(1));
      expect(mocks.freeSigner).not.toHaveBeenCalled();
      mocks.forgetting.abort();
      await expect(testing).rejects.toMatchObject({ problem: { code: "credentials-missing" } });
      expect(mocks.sign).toHaveBeenCalledTimes(1);
      expect(mocks.freeSigner).toHaveBeenCalledTimes(1);
      expect(mocks.freeCheck).toHaveBeenCalledTimes(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

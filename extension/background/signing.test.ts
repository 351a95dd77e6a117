import { beforeEach, describe, expect, it, vi } from "vitest";
import { goodProfile } from "./fake-storage.ts";
import { forgetSigners, signRequest } from "./signing.ts";

const mocks = vi.hoisted(() => ({
  profileOfUpload: vi.fn(),
  current: vi.fn(),
  makeSigner: vi.fn(),
  sign: vi.fn(),
  free: vi.fn(),
  until: { renewAt: Number.POSITIVE_INFINITY },
}));
vi.mock("./upload-store.ts", () => ({ profileOfUpload: mocks.profileOfUpload }));
vi.mock("./upload-keys.ts", () => ({
  keysForRunning: async () => {
    const { noCredentials } = await import("./problems.ts");
    const keys = await mocks.current();
    if (keys === undefined) throw noCredentials();
    return { keys, renewAt: mocks.until.renewAt };
  },
}));
vi.mock("./rules.ts", () => ({ makeSigner: mocks.makeSigner }));

const keys = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
const signed = { url: "https://b.s3.us-west-2.amazonaws.com/k", headers: { authorization: "x" } };
const order = (uploadId: string) => ({
  type: "request.sign" as const,
  uploadId,
  method: "PUT" as const,
  key: "DeadlineCloud/Data/k.xxh128",
  query: { partNumber: "1", uploadId: "u" },
  headers: {},
  host: 1,
  clockOffset: 1_200_000,
});

beforeEach(async () => {
  forgetSigners();
  // What an earlier test has left is freed a moment later.
  await new Promise((resolve) => setTimeout(resolve, 5));
  vi.resetAllMocks();
  mocks.profileOfUpload.mockResolvedValue(goodProfile);
  mocks.current.mockResolvedValue(keys);
  mocks.makeSigner.mockImplementation(async () => ({ sign: mocks.sign, free: mocks.free }));
  mocks.sign.mockReturnValue(signed);
});

describe("signRequest", () => {
  it("signs for the place of that upload, with one signer for all its requests", async () => {
    const both = await Promise.all([signRequest(order("a")), signRequest(order("a"))]);
    expect(both).toEqual([signed, signed]);
    expect(mocks.profileOfUpload).toHaveBeenCalledWith("a");
    expect(mocks.makeSigner.mock.calls).toEqual([[goodProfile, keys]]);
    const { method, key, query, headers, host } = order("a");
    expect(mocks.sign).toHaveBeenCalledWith({ method, key, query, headers, host }, expect.any(Number));
  });

  it("signs by the server's clock", async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    try {
      await signRequest(order("a"));
      expect(mocks.sign).toHaveBeenCalledWith(expect.anything(), 1_700_001_200_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it("asks for other keys once these are to be renewed, once for all requests", async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    try {
      mocks.until.renewAt = 1_700_000_060_000;
      await signRequest(order("a"));
      mocks.free.mockClear();
      vi.setSystemTime(1_700_000_059_999);
      await signRequest(order("a"));
      expect(mocks.makeSigner).toHaveBeenCalledTimes(1);
      vi.setSystemTime(1_700_000_060_000);
      mocks.until.renewAt = 1_700_000_120_000;
      mocks.current.mockResolvedValue({ ...keys, accessKeyId: "ASIARENEWED" });
      await Promise.all([signRequest(order("a")), signRequest(order("a")), signRequest(order("a"))]);
      expect(mocks.makeSigner).toHaveBeenCalledTimes(2);
      expect(mocks.makeSigner.mock.lastCall?.[1]).toMatchObject({ accessKeyId: "ASIARENEWED" });
      await vi.waitFor(() => expect(mocks.free).toHaveBeenCalledTimes(1));
    } finally {
      vi.useRealTimers();
      mocks.until.renewAt = Number.POSITIVE_INFINITY;
    }
  });

  it("refuses an upload that does not run", async () => {
    mocks.profileOfUpload.mockResolvedValue(undefined);
    await expect(signRequest(order("a"))).rejects.toMatchObject({ problem: { code: "upload-unknown" } });
  });

  it("signs as soon as there are credentials, also after it had to refuse", async () => {
    mocks.current.mockResolvedValueOnce(undefined);
    await expect(signRequest(order("a"))).rejects.toMatchObject({ problem: { code: "credentials-missing" } });
    expect(await signRequest(order("a"))).toEqual(signed);
  });

  it.each([
    ["request-foreign", /report/],
    ["request-unsignable", /credentials again/],
  ])("passes the signer's %s on", async (code, next) => {
    mocks.sign.mockImplementation(() => {
      throw Object.assign(new Error("of the signer"), { name: "AttachmentError", code });
    });
    await expect(signRequest(order("a"))).rejects.toMatchObject({
      problem: { code, what: expect.stringContaining("of the signer"), next: expect.stringMatching(next) },
    });
  });

  it("leaves an error without code what it is", async () => {
    const broken = new Error("unreachable executed");
    mocks.sign.mockImplementation(() => {
      throw broken;
    });
    await expect(signRequest(order("a"))).rejects.toBe(broken);
  });
});

describe("forgetSigners", () => {
  it("wipes the signer of one upload and leaves the others", async () => {
    await signRequest(order("a"));
    await signRequest(order("b"));
    forgetSigners("a");
    await vi.waitFor(() => expect(mocks.free).toHaveBeenCalledTimes(1));
    await signRequest(order("b"));
    expect(mocks.makeSigner).toHaveBeenCalledTimes(2);
  });

  it("wipes also the one that follows another which could not be made in time", async () => {
    let refuse = (_: Error): void => undefined;
    mocks.current.mockReturnValueOnce(
      new Promise((_resolve, reject) => {
        refuse = reject;
      }),
    );
    const late = signRequest(order("a"));
    await vi.waitFor(() => expect(mocks.current).toHaveBeenCalledTimes(1));
    forgetSigners();
    await signRequest(order("a"));
    refuse(new Error("too late"));
    await expect(late).rejects.toThrow("too late");
    forgetSigners();
    await vi.waitFor(() => expect(mocks.free).toHaveBeenCalledTimes(1));
  });

  it("wipes all, and the next request uses the credentials of then", async () => {
    await signRequest(order("a"));
    forgetSigners();
    await vi.waitFor(() => expect(mocks.free).toHaveBeenCalledTimes(1));
    mocks.current.mockResolvedValue({ ...keys, accessKeyId: "ASIAOTHER" });
    await signRequest(order("a"));
    expect(mocks.makeSigner).toHaveBeenLastCalledWith(goodProfile, { ...keys, accessKeyId: "ASIAOTHER" });
  });
});

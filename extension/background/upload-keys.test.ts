import { beforeEach, describe, expect, it, vi } from "vitest";
import { goodProfile } from "./fake-storage.ts";
import { Refusal } from "./problems.ts";

const mocks = vi.hoisted(() => ({
  createAlarm: vi.fn(),
  orderHost: vi.fn(),
  queueKeys: vi.fn(),
  renewQueueKeys: vi.fn(),
  profileOfUpload: vi.fn(),
  placeOfFailed: vi.fn(),
  heldKeys: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    alarms: { create: mocks.createAlarm, onAlarm: { addListener: vi.fn() } },
    i18n: { getMessage: () => "" },
  },
}));
vi.mock("../shared/text.ts", () => ({
  text: (name: string, ...values: unknown[]) => [name, ...values].join(" "),
  textIfAny: () => undefined,
}));
vi.mock("./host-client.ts", () => ({ orderHost: mocks.orderHost }));
vi.mock("./queue-keys.ts", () => ({ queueKeys: mocks.queueKeys, renewQueueKeys: mocks.renewQueueKeys }));
vi.mock("./upload-store.ts", () => ({
  profileOfUpload: mocks.profileOfUpload,
  placeOfFailed: mocks.placeOfFailed,
  runningUploads: async () => ["a"],
}));
vi.mock("./vault.ts", () => ({ heldKeys: mocks.heldKeys }));

const { keysFor, keysForRunning, renewForPerson, renewForUpload } = await import("./upload-keys.ts");

const ofSession = { accessKeyId: "ASIASESSION", expires: 5 };
const ofQueue = { keys: { accessKeyId: "ASIAQUEUE" }, renewAt: 3 };
const withRole = { ...goodProfile, queueRole: true };
const busy = new Refusal({ code: "service-busy", what: "Busy.", next: "Wait." });

beforeEach(() => {
  vi.resetAllMocks();
  mocks.heldKeys.mockResolvedValue(ofSession);
  mocks.queueKeys.mockResolvedValue(ofQueue);
});

describe("the keys of an upload", () => {
  it("are those of the session, or those that its queue gives", async () => {
    expect(await keysFor(goodProfile)).toEqual({ keys: ofSession, renewAt: 5 });
    expect(mocks.queueKeys).not.toHaveBeenCalled();
    expect(await keysFor(withRole)).toBe(ofQueue);
  });

  it("never end where nobody has said when", async () => {
    mocks.heldKeys.mockResolvedValue({ accessKeyId: "AKIA" });
    expect((await keysFor(goodProfile)).renewAt).toBe(Number.POSITIVE_INFINITY);
  });

  it("are missed by name where there are none", async () => {
    mocks.heldKeys.mockResolvedValue(undefined);
    await expect(keysFor(goodProfile)).rejects.toMatchObject({ problem: { code: "credentials-missing" } });
  });

  it("make an upload that runs wait, whatever the queue's reason is", async () => {
    mocks.queueKeys.mockRejectedValue(busy);
    await expect(keysForRunning(withRole)).rejects.toMatchObject({
      problem: { code: "queue-credentials-missing", what: "backgroundQueueKeys Busy.", next: "Wait." },
    });
  });
});

describe("a renewal", () => {
  it("lets the signer with the old keys go and tells the engine host", async () => {
    mocks.profileOfUpload.mockResolvedValue(withRole);
    const forget = vi.fn();
    await renewForUpload("a", forget);
    expect(mocks.renewQueueKeys).toHaveBeenCalledWith(withRole);
    expect(forget).toHaveBeenCalledWith("a");
    expect(mocks.orderHost).toHaveBeenCalledWith({ type: "credentials.renewed", uploadId: "a" });
  });

  it("is tried again by itself after it has failed, as long as there is something to try with", async () => {
    mocks.profileOfUpload.mockResolvedValue(withRole);
    mocks.renewQueueKeys.mockRejectedValue(busy);
    const forget = vi.fn();
    await expect(renewForUpload("a", forget)).rejects.toBe(busy);
    expect(mocks.createAlarm).toHaveBeenCalledOnce();
    mocks.heldKeys.mockResolvedValue(undefined);
    await expect(renewForUpload("a", forget)).rejects.toBe(busy);
    expect(mocks.createAlarm).toHaveBeenCalledOnce();
    expect(forget).not.toHaveBeenCalled();
  });

  it("is nothing for an upload that the session's keys sign", async () => {
    mocks.profileOfUpload.mockResolvedValue(goodProfile);
    await renewForUpload("a", vi.fn());
    expect(mocks.renewQueueKeys).not.toHaveBeenCalled();
  });

  it("that a person wants is for the next try where the upload has failed", async () => {
    mocks.profileOfUpload.mockResolvedValue(undefined);
    mocks.placeOfFailed.mockResolvedValue({ profile: withRole });
    await renewForPerson("a", vi.fn());
    expect(mocks.renewQueueKeys).toHaveBeenCalledWith(withRole);
    expect(mocks.orderHost).not.toHaveBeenCalled();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { uploadLockName } from "../shared/messages.ts";
import { FakeStorage, goodPlace, goodProfile } from "./fake-storage.ts";
import { forgetUpload, noteFailed, noteUpload } from "./upload-store.ts";

const mocks = vi.hoisted(() => ({
  session: {} as { area: FakeStorage },
  alarms: { create: vi.fn(), onAlarm: { addListener: vi.fn() } },
  renewQueueKeys: vi.fn(),
  orderHost: vi.fn(),
  heldKeys: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    alarms: mocks.alarms,
    storage: {
      get session() {
        return mocks.session.area;
      },
    },
  },
}));
vi.mock("./host-client.ts", () => ({ orderHost: mocks.orderHost }));
vi.mock("./queue-keys.ts", () => ({ renewQueueKeys: mocks.renewQueueKeys, queueKeys: vi.fn() }));
vi.mock("./vault.ts", () => ({ heldKeys: mocks.heldKeys }));

const { goOnWithKeys, renewForPerson, watchRenewal } = await import("./upload-keys.ts");

const [FIRST, SECOND] = ["5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11", "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a12"];
const byQueue = { ...goodProfile, queueRole: true };
const otherQueue = { ...byQueue, queueId: `queue-${"1".repeat(32)}` };
const refusal = new Error("the queue refuses");
const forgetSigner = vi.fn();
/** Uploads that the engine host was told of. */
const told = () => mocks.orderHost.mock.calls.map(([{ uploadId }]) => uploadId);
const alarm = async () => {
  watchRenewal(forgetSigner);
  await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "renew" });
};

function work(...uploadIds: string[]): void {
  const held = uploadIds.map((uploadId) => ({ name: uploadLockName(uploadId) }));
  vi.stubGlobal("navigator", { locks: { query: async () => ({ held }) } });
}

beforeEach(() => {
  vi.resetAllMocks();
  mocks.session.area = new FakeStorage();
  mocks.heldKeys.mockResolvedValue({});
  work(FIRST, SECOND);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("an upload whose queue gives its keys", () => {
  it("is told of no others as long as the queue gives none, however often the session renews its own", async () => {
    await noteUpload(FIRST, { ...goodPlace, profile: byQueue });
    mocks.renewQueueKeys.mockRejectedValue(refusal);
    for (let hour = 0; hour < 5; hour += 1) await goOnWithKeys(forgetSigner);
    expect(mocks.orderHost).not.toHaveBeenCalled();
    expect(mocks.alarms.create).toHaveBeenCalledWith("renew", expect.anything());
    mocks.renewQueueKeys.mockResolvedValue(undefined);
    await alarm();
    expect(told()).toEqual([FIRST]);
    expect(forgetSigner).toHaveBeenCalledWith(FIRST);
  });

  it("gets some although the queue of another one refuses", async () => {
    await noteUpload(FIRST, { ...goodPlace, profile: otherQueue });
    await noteUpload(SECOND, { ...goodPlace, profile: byQueue });
    mocks.renewQueueKeys.mockImplementation(async ({ queueId }) => {
      if (queueId === otherQueue.queueId) throw refusal;
    });
    await alarm();
    expect(told()).toEqual([SECOND]);
  });

  it("is left alone where nobody works at it any more: there is nothing to come back to", async () => {
    await noteUpload(FIRST, { ...goodPlace, profile: byQueue });
    work();
    mocks.renewQueueKeys.mockRejectedValue(refusal);
    await alarm();
    expect(mocks.renewQueueKeys).not.toHaveBeenCalled();
    expect(mocks.alarms.create).not.toHaveBeenCalled();
  });
});

it("lets an upload that the session's own keys sign go on with the new ones", async () => {
  await noteUpload(FIRST, goodPlace);
  await goOnWithKeys(forgetSigner);
  expect(told()).toEqual([FIRST]);
  expect(mocks.renewQueueKeys).not.toHaveBeenCalled();
});

describe("a renewal that a person wants", () => {
  it("is for the upload that runs, and a refusal reaches the person", async () => {
    await noteUpload(FIRST, { ...goodPlace, profile: byQueue });
    await noteUpload(SECOND, { ...goodPlace, profile: otherQueue });
    expect(await renewForPerson(FIRST, forgetSigner)).toBeNull();
    expect(mocks.renewQueueKeys.mock.calls).toEqual([[byQueue]]);
    expect(told()).toEqual([FIRST]);
    mocks.renewQueueKeys.mockRejectedValue(refusal);
    await expect(renewForPerson(FIRST, forgetSigner)).rejects.toBe(refusal);
  });

  it("is also for one that has failed, before it is tried again", async () => {
    await noteUpload(FIRST, { ...goodPlace, profile: byQueue });
    await noteFailed(FIRST);
    await forgetUpload(FIRST);
    await renewForPerson(FIRST, forgetSigner);
    expect(mocks.renewQueueKeys.mock.calls).toEqual([[byQueue]]);
    expect(mocks.orderHost).not.toHaveBeenCalled();
    mocks.renewQueueKeys.mockRejectedValue(refusal);
    await expect(renewForPerson(FIRST, forgetSigner)).rejects.toBe(refusal);
  });
});

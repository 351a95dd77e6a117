import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  areas: {} as { local: FakeStorage; session: FakeStorage },
  alarms: { create: vi.fn(), clear: vi.fn(), onAlarm: { addListener: vi.fn() } },
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    alarms: mocks.alarms,
    storage: {
      get local() {
        return mocks.areas.local;
      },
      get session() {
        return mocks.areas.session;
      },
    },
  },
}));
// The rule itself is Rust's, and tested there.
vi.mock("./rules.ts", () => ({
  wipeTime: async (lastUse: number, minutes: number) => lastUse + minutes * 60_000,
}));

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const keys = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "the-secret",
  sessionToken: "the-token",
  expires: NOW + 60 * MINUTE,
  longLived: false,
};
const { expires: _, ...endless } = keys;

/** A background that has just been started: the module anew, on the same storage. */
async function start() {
  vi.resetModules();
  return import("./vault.ts");
}
const alarm = () => mocks.alarms.create.mock.lastCall?.[1]?.when;
const held = () => JSON.stringify([...mocks.areas.session.held, ...mocks.areas.local.held]);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.clearAllMocks();
  mocks.areas = { local: new FakeStorage(), session: new FakeStorage() };
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the vault", () => {
  it("keeps keys over a stop of the background, in the session's storage alone", async () => {
    await (await start()).keepKeys(keys);
    expect(await (await start()).heldKeys()).toEqual(keys);
    expect(JSON.stringify([...mocks.areas.local.held])).not.toContain("the-");
  });

  it("forgets every secret at once, says so, and lets nothing be kept that was asked for before", async () => {
    const vault = await start();
    await vault.keepKeys(keys);
    mocks.areas.session.held.set("secret-queue", { secretAccessKey: "the-other" });
    mocks.areas.session.held.set("upload-1", {});
    const changed = vi.fn();
    vault.onKeysChanged(changed);
    const before = vault.epoch();
    await vault.forgetAll();
    expect(held()).not.toContain("the-");
    expect(mocks.areas.session.held.has("upload-1")).toBe(true);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(vault.epoch()).not.toBe(before);
    expect(await vault.heldKeys()).toBeUndefined();
  });

  it("keeps nothing that was got for a session which is forgotten by then", async () => {
    const vault = await start();
    await vault.enterKeys(endless);
    const begun = vault.epoch();
    const wiped = vault.untilForgotten();
    const [forgetting] = [vault.forgetAll(), vault.keepKeys(keys), vault.keepSecret("secret-q", {}, begun)];
    await forgetting;
    await vault.keepSecret("secret-q", {}, begun);
    expect(await vault.heldKeys()).toBeUndefined();
    expect([...mocks.areas.session.held.keys()]).toEqual(["lastUse"]);
    expect(wiped.aborted).toBe(true);
    expect(vault.untilForgotten().aborted).toBe(false);
  });

  it("wipes keys when they expire, by the alarm", async () => {
    const vault = await start();
    vault.watchVault();
    await vault.keepKeys(keys);
    expect(alarm()).toBe(keys.expires);
    vi.setSystemTime(keys.expires);
    const changed = vi.fn();
    vault.onKeysChanged(changed);
    await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "vault" });
    expect(held()).not.toContain("the-");
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it("wipes the keys of a queue when they end, and leaves those of the session", async () => {
    const vault = await start();
    vault.watchVault();
    await vault.keepKeys(endless);
    const ofQueue = { keys: { ...keys, secretAccessKey: "the-other" }, obtained: NOW };
    mocks.areas.session.held.set("secret-queue", ofQueue);
    await vault.planWipe();
    expect(alarm()).toBe(keys.expires);
    vi.setSystemTime(keys.expires);
    await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "vault" });
    expect(held()).not.toContain("the-other");
    expect(await vault.heldKeys()).toEqual(endless);
  });

  it("gives no keys that have expired, also where the alarm is late", async () => {
    const vault = await start();
    await vault.keepKeys(keys);
    vi.setSystemTime(keys.expires);
    expect(await vault.heldKeys()).toBeUndefined();
    expect(held()).not.toContain("the-");
  });

  it("wipes keys that nobody has used for the idle time, and not as long as somebody does", async () => {
    const vault = await start();
    mocks.areas.local.held.set("idleMinutes", 15);
    vault.watchVault();
    await vault.enterKeys(endless);
    expect(alarm()).toBe(NOW + 15 * MINUTE);
    vi.setSystemTime(NOW + 14 * MINUTE);
    await vault.noteUse();
    vi.setSystemTime(NOW + 15 * MINUTE);
    await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "vault" });
    expect(await vault.heldKeys()).toEqual(endless);
    expect(alarm()).toBe(NOW + 29 * MINUTE);
    vi.setSystemTime(NOW + 29 * MINUTE);
    await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "vault" });
    expect(held()).not.toContain("the-");
  });

  it("does not bring back by a late use what should be gone", async () => {
    const vault = await start();
    mocks.areas.local.held.set("idleMinutes", 15);
    await vault.enterKeys(endless);
    // The computer slept, and its alarm has not come yet.
    vi.setSystemTime(NOW + 16 * MINUTE);
    await vault.noteUse();
    expect(await vault.heldKeys()).toBeUndefined();
  });

  it("takes new keys of a sign-in for no use: nobody has to be there", async () => {
    const vault = await start();
    mocks.areas.local.held.set("idleMinutes", 15);
    const signOut = vi.fn();
    vault.onForget(signOut);
    vault.watchVault();
    await vault.noteUse();
    await vault.keepKeys(endless);
    vi.setSystemTime(NOW + 14 * MINUTE);
    await vault.keepKeys(keys);
    expect(signOut).not.toHaveBeenCalled();
    vi.setSystemTime(NOW + 15 * MINUTE);
    await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "vault" });
    expect(held()).not.toContain("the-");
    expect(signOut).toHaveBeenCalledTimes(1);
  });

  it("keeps what somebody enters who was away for longer than the idle time", async () => {
    mocks.areas.local.held.set("idleMinutes", 15);
    await (await start()).enterKeys(endless);
    vi.setSystemTime(NOW + 60 * MINUTE);
    const vault = await start();
    const changed = vi.fn();
    vault.onKeysChanged(changed);
    // The paste wakes the background, which looks first for what is due.
    vault.watchVault();
    await vault.enterKeys({ ...endless, accessKeyId: "ASIAENTERED" });
    expect(await vault.heldKeys()).toMatchObject({ accessKeyId: "ASIAENTERED" });
    expect(alarm()).toBe(NOW + 75 * MINUTE);
    await vi.waitFor(() => expect(changed.mock.calls).toEqual(expect.arrayContaining([["wiped"], ["kept"]])));
    expect(await vault.heldKeys()).toMatchObject({ accessKeyId: "ASIAENTERED" });
  });

  it("tells keys that are kept from something that is gone", async () => {
    const vault = await start();
    vault.watchVault();
    const changed = vi.fn();
    vault.onKeysChanged(changed);
    await vault.enterKeys(endless);
    await vault.keepSecret("secret-queue", { keys, obtained: NOW }, vault.epoch());
    vi.setSystemTime(keys.expires);
    await mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "vault" });
    expect(changed.mock.calls).toEqual([["kept"], ["wiped"]]);
  });

  it("uses eight hours where nothing, or nothing good, is set", async () => {
    const vault = await start();
    mocks.areas.local.held.set("idleMinutes", 7);
    await vault.enterKeys(endless);
    expect(alarm()).toBe(NOW + 480 * MINUTE);
  });

  it("looks for other alarms than its own at nothing", async () => {
    const vault = await start();
    vault.watchVault();
    expect(mocks.alarms.onAlarm.addListener.mock.lastCall?.[0]({ name: "awake" })).toBeUndefined();
  });
});

describe("hintOf", () => {
  it("tells keys apart and gives none away", async () => {
    const { hintOf } = await start();
    expect(hintOf("ASIAIOSFODNN7EXAMPLE")).toBe("ASIA…MPLE");
    expect(hintOf("short")).toBe("…");
  });
});

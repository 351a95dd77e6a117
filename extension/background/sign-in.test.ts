import type { SignInAction } from "deadlinejs/common";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  session: {} as { area: FakeStorage },
  createAlarm: vi.fn(),
  onAlarm: [] as ((alarm: { name: string }) => unknown)[],
  onForget: [] as (() => unknown)[],
  mayReach: vi.fn(),
  send: vi.fn(),
  beginSignIn: vi.fn(),
  resumeSignIn: vi.fn(),
  keepKeys: vi.fn(),
  forgetAll: vi.fn(),
  wipeSecrets: vi.fn(),
  epoch: { now: 0 },
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    runtime: { getManifest: () => ({ name: "Attachments" }) },
    storage: {
      get session() {
        return mocks.session.area;
      },
    },
    alarms: {
      create: mocks.createAlarm,
      clear: async () => true,
      onAlarm: { addListener: (listener: () => unknown) => mocks.onAlarm.push(listener) },
    },
  },
  mayReach: mocks.mayReach,
}));
vi.mock("../shared/text.ts", () => ({ text: (name: string) => name, textIfAny: () => undefined }));
vi.mock("./account-fetch.ts", () => ({ sendAccountRequest: mocks.send }));
vi.mock("./pages-client.ts", () => ({ tellPages: async () => undefined }));
// What to do is Rust's, and tested there.
vi.mock("./rules.ts", () => ({
  beginSignIn: mocks.beginSignIn,
  resumeSignIn: mocks.resumeSignIn,
  renewalTime: async (obtained: number, expires: number) => (obtained + expires) / 2,
  signInOrigins: async () => ["https://oidc.eu-west-1.amazonaws.com/*"],
}));
vi.mock("./vault.ts", () => ({
  epoch: () => mocks.epoch.now,
  forgetAll: mocks.forgetAll,
  keepKeys: mocks.keepKeys,
  onForget: (listener: () => unknown) => mocks.onForget.push(listener),
  wipeSecrets: mocks.wipeSecrets,
}));

const NOW = 1_700_000_000_000;
const ORDER = {
  type: "signIn.start" as const,
  startUrl: "https://studio.awsapps.com/start",
  region: "eu-west-1",
  oidcEndpoint: "",
  portalEndpoint: "",
};

/** Stands for the Rust object: gives these actions, one after the other. */
function device(...actions: SignInAction[]) {
  return {
    nextAction: vi.fn(() => actions.shift()),
    keep: vi.fn((): string | undefined => "kept"),
    view: () => ({ type: "code" }),
    replied: vi.fn(),
    renew: vi.fn(),
    timePassed: vi.fn(),
    chooseAccount: vi.fn(),
    chooseRole: vi.fn(),
    signOut: vi.fn(),
    free: vi.fn(),
    add: (...more: SignInAction[]) => actions.push(...more),
  };
}
const request = { method: "POST", url: "https://oidc.eu-west-1.amazonaws.com/x", headers: {}, body: "" };
const send = (number: number) => ({ type: "send", number, request }) as unknown as SignInAction;

/** A background that has just been started. */
async function background() {
  vi.resetModules();
  mocks.onAlarm.length = 0;
  mocks.onForget.length = 0;
  const signIn = await import("./sign-in.ts");
  signIn.watchSignIn();
  return signIn;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.resetAllMocks();
  mocks.session.area = new FakeStorage();
  mocks.mayReach.mockResolvedValue(true);
  mocks.send.mockReturnValue(new Promise(() => undefined));
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a sign-in", () => {
  it("sends what Rust wants sent, tells what came, and is kept", async () => {
    const { startSignIn, signInView } = await background();
    const running = device(send(1));
    mocks.beginSignIn.mockResolvedValue(running);
    mocks.send.mockResolvedValue({ status: 200, headers: {}, body: "{}" });
    await startSignIn(ORDER);
    await vi.advanceTimersByTimeAsync(0);
    expect(mocks.forgetAll).toHaveBeenCalledOnce();
    expect(mocks.send).toHaveBeenCalledWith(request);
    expect(running.replied).toHaveBeenCalledWith(1, { status: 200, headers: {}, body: "{}" }, NOW);
    expect([...mocks.session.area.held]).toEqual([["secret-sign-in", "kept"]]);
    expect(await signInView()).toEqual({ type: "code" });
  });

  it("needs access to its hosts, and forgets nothing before it has it", async () => {
    const { startSignIn } = await background();
    mocks.mayReach.mockResolvedValue(false);
    await expect(startSignIn(ORDER)).rejects.toMatchObject({ name: "Refusal" });
    expect(mocks.forgetAll).not.toHaveBeenCalled();
  });

  it("goes on where it was after the background was stopped", async () => {
    mocks.session.area.held.set("secret-sign-in", "kept before");
    const running = device();
    mocks.resumeSignIn.mockResolvedValue(running);
    const { chooseAccount } = await background();
    await chooseAccount("123456789012");
    expect(mocks.resumeSignIn).toHaveBeenCalledWith("kept before");
    expect(running.chooseAccount).toHaveBeenCalledWith("123456789012");
  });

  it("waits by a timer and by an alarm, whichever comes", async () => {
    const { startSignIn } = await background();
    const running = device({ type: "wait-until", time: NOW + 5_000 } as SignInAction);
    mocks.beginSignIn.mockResolvedValue(running);
    await startSignIn(ORDER);
    expect(mocks.createAlarm).toHaveBeenCalledWith("sign-in", { when: NOW + 5_000 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(running.timePassed).toHaveBeenCalledOnce();
    await mocks.onAlarm[0]?.({ name: "sign-in" });
    await mocks.onAlarm[0]?.({ name: "another" });
    expect(running.timePassed).toHaveBeenCalledTimes(2);
  });

  it("renews its keys in time, and not before", async () => {
    const { startSignIn } = await background();
    const keys = { accessKeyId: "ASIA", expires: NOW + 60_000 };
    const running = device({ type: "use-keys", keys } as unknown as SignInAction);
    mocks.beginSignIn.mockResolvedValue(running);
    await startSignIn(ORDER);
    expect(mocks.keepKeys).toHaveBeenCalledWith(keys);
    await mocks.onAlarm[0]?.({ name: "sign-in" });
    expect(running.renew).not.toHaveBeenCalled();
    vi.setSystemTime(NOW + 30_000);
    await mocks.onAlarm[0]?.({ name: "sign-in" });
    expect(running.renew).toHaveBeenCalledOnce();
  });

  it("plans nothing for keys that came when everything was to be forgotten", async () => {
    const { startSignIn } = await background();
    const keys = { accessKeyId: "ASIA", expires: NOW + 60_000 };
    mocks.beginSignIn.mockResolvedValue(device({ type: "use-keys", keys } as unknown as SignInAction));
    mocks.keepKeys.mockImplementation(async () => {
      mocks.epoch.now += 1;
    });
    await startSignIn(ORDER);
    expect(mocks.createAlarm).not.toHaveBeenCalled();
  });
});

describe("the end of a sign-in", () => {
  it("tells the portal, keeps nothing, frees what holds secrets, and hears no late answer", async () => {
    const { startSignIn, signInView } = await background();
    const running = device(send(1));
    let answer = (_reply: unknown): void => undefined;
    mocks.send.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    mocks.beginSignIn.mockResolvedValue(running);
    await startSignIn(ORDER);
    running.signOut.mockImplementation(() => running.add(send(2)));
    await mocks.onForget[0]?.();
    expect(mocks.send).toHaveBeenCalledTimes(2);
    expect(running.free).toHaveBeenCalledOnce();
    expect([...mocks.session.area.held]).toEqual([]);
    answer({ status: 200, headers: {}, body: "{}" });
    await vi.advanceTimersByTimeAsync(0);
    expect(running.replied).not.toHaveBeenCalled();
    expect(await signInView()).toBeNull();
  });

  it("is shown for as long as the background lives, where Rust has ended it", async () => {
    const { startSignIn, signInView } = await background();
    const running = device({ type: "wipe" } as SignInAction);
    running.keep.mockReturnValue(undefined);
    mocks.beginSignIn.mockResolvedValue(running);
    await startSignIn(ORDER);
    expect(mocks.wipeSecrets).toHaveBeenCalledOnce();
    expect(running.free).toHaveBeenCalledOnce();
    expect([...mocks.session.area.held]).toEqual([]);
    expect(await signInView()).toEqual({ type: "code" });
  });
});

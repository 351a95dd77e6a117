import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  area: {} as FakeStorage,
  beginSignIn: vi.fn(),
  resumeSignIn: vi.fn(),
  forgetting: undefined as (() => unknown) | undefined,
  keepKeys: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    runtime: { getManifest: () => ({ name: "The extension" }) },
    alarms: { create: vi.fn(), clear: vi.fn(), onAlarm: { addListener: vi.fn() } },
    storage: {
      get session() {
        return mocks.area;
      },
    },
  },
  mayReach: async () => true,
}));
vi.mock("./account-fetch.ts", () => ({
  sendAccountRequest: async () => ({ status: 0, headers: {}, body: "" }),
}));
vi.mock("./pages-client.ts", () => ({ tellPages: async () => undefined }));
vi.mock("./rules.ts", () => ({
  beginSignIn: mocks.beginSignIn,
  resumeSignIn: mocks.resumeSignIn,
  renewalTime: async () => 0,
  signInOrigins: async () => [],
}));
vi.mock("./vault.ts", () => ({
  epoch: () => 0,
  forgetAll: async () => mocks.forgetting?.(),
  keepKeys: mocks.keepKeys,
  onForget: (end: () => unknown) => {
    mocks.forgetting = end;
  },
  wipeSecrets: async () => undefined,
}));

/** As the object of WebAssembly: it breaks whoever touches it after it was freed. */
function fakeSignIn(actions: unknown[]) {
  let isFreed = false;
  const alive = <T>(value: () => T) =>
    vi.fn(() => {
      if (isFreed) throw new Error("null pointer passed to rust");
      return value();
    });
  return {
    nextAction: alive(() => actions.shift()),
    view: alive(() => ({ type: "working" })),
    keep: alive(() => "kept"),
    renew: alive(() => undefined),
    timePassed: alive(() => undefined),
    signOut: alive(() => undefined),
    free: vi.fn(() => {
      isFreed = true;
    }),
  };
}

const settings = { startUrl: "", region: "", oidcEndpoint: "", portalEndpoint: "" };

async function start() {
  vi.resetModules();
  const signIn = await import("./sign-in.ts");
  signIn.watchSignIn();
  return signIn;
}

beforeEach(() => {
  vi.resetAllMocks();
  mocks.area = new FakeStorage();
});

describe("a sign-in that is ended", () => {
  it("in the middle of what it wants done is touched no more", async () => {
    const signIn = await start();
    const running = fakeSignIn([{ type: "use-keys", keys: {} }, { type: "wipe" }]);
    mocks.beginSignIn.mockResolvedValue(running);
    mocks.keepKeys.mockImplementation(async () => signIn.signOut());
    await signIn.startSignIn({ type: "signIn.start", ...settings });
    expect(running.free).toHaveBeenCalledTimes(1);
    expect(await signIn.signInView()).toBeNull();
  });

  it("while a background that has just been started looks for it does not come back", async () => {
    mocks.area.held.set("secret-sign-in", "kept");
    const running = fakeSignIn([]);
    let found = (_: typeof running): void => undefined;
    mocks.resumeSignIn.mockReturnValueOnce(
      new Promise((resolve) => {
        found = resolve;
      }),
    );
    mocks.resumeSignIn.mockRejectedValue(new Error("is gone"));
    const signIn = await start();
    const looking = signIn.signInView();
    await vi.waitFor(() => expect(mocks.resumeSignIn).toHaveBeenCalled());
    await signIn.signOut();
    found(running);
    expect(await looking).toBeNull();
    expect(await signIn.signInView()).toBeNull();
    expect(running.free).toHaveBeenCalledTimes(1);
  });
});

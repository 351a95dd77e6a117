import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage, goodProfile } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  session: {} as { area: FakeStorage },
  askDeadline: vi.fn(),
  epoch: { now: 0 },
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return mocks.session.area;
      },
    },
  },
}));
vi.mock("./deadline.ts", () => ({ askDeadline: mocks.askDeadline }));
vi.mock("./vault.ts", () => ({
  epoch: () => mocks.epoch.now,
  keepSecret: async (name: string, value: unknown, begun: number) => {
    if (begun === mocks.epoch.now) await mocks.session.area.set({ [name]: value });
  },
}));
// The rule itself is Rust's, and tested there.
vi.mock("./rules.ts", () => ({
  renewalTime: async (obtained: number, expires: number) => (obtained + expires) / 2,
}));

const { queueKeys, renewQueueKeys } = await import("./queue-keys.ts");

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const keys = (number: number) => ({
  accessKeyId: `ASIA${number}`,
  secretAccessKey: `the-secret-${number}`,
  sessionToken: `the-token-${number}`,
  expires: Date.now() + HOUR,
  longLived: false,
});
const held = () => JSON.stringify([...mocks.session.area.held]);
const gives = (number: number) => ({ type: "keys", keys: keys(number) });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.resetAllMocks();
  mocks.session.area = new FakeStorage();
  let number = 0;
  mocks.askDeadline.mockImplementation(async () => {
    number += 1;
    return gives(number);
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the keys of a queue", () => {
  it("are asked for once by all that need them at the same time, and kept", async () => {
    const [one, two] = await Promise.all([queueKeys(goodProfile), queueKeys(goodProfile)]);
    expect([one.keys.accessKeyId, two.keys.accessKeyId]).toEqual(["ASIA1", "ASIA1"]);
    expect((await queueKeys(goodProfile)).renewAt).toBe(NOW + HOUR / 2);
    expect(mocks.askDeadline).toHaveBeenCalledTimes(1);
    const { farmId, queueId } = goodProfile;
    expect(mocks.askDeadline.mock.lastCall?.[1]).toEqual({
      type: "assume-queue-role-for-user",
      farmId,
      queueId,
    });
    expect([...mocks.session.area.held.keys()][0]).toMatch(/^secret-/);
  });

  it("are others for another queue", async () => {
    await queueKeys(goodProfile);
    const other = { ...goodProfile, queueId: `queue-${"0".repeat(32)}` };
    expect((await queueKeys(other)).keys.accessKeyId).toBe("ASIA2");
  });

  it("are renewed when their time has come, and still serve where that fails", async () => {
    await queueKeys(goodProfile);
    vi.setSystemTime(NOW + HOUR / 2);
    mocks.askDeadline.mockRejectedValueOnce(new Error("no network"));
    const kept = await queueKeys(goodProfile);
    expect(kept.keys.accessKeyId).toBe("ASIA1");
    expect(kept.renewAt).toBe(Date.now() + 20_000);
    expect((await queueKeys(goodProfile)).keys.accessKeyId).toBe("ASIA2");
  });

  it("are given no more once they have ended, and the reason is told", async () => {
    await queueKeys(goodProfile);
    vi.setSystemTime(NOW + HOUR);
    mocks.askDeadline.mockRejectedValueOnce(new Error("denied"));
    await expect(queueKeys(goodProfile)).rejects.toThrow("denied");
    expect(held()).not.toContain("the-secret");
  });

  it("are not kept when everything was forgotten while they were asked for", async () => {
    mocks.askDeadline.mockImplementation(async () => {
      mocks.epoch.now += 1;
      return gives(1);
    });
    await queueKeys(goodProfile);
    expect(held()).not.toContain("the-secret");
  });

  it("are got anew on demand, but not in a whirl", async () => {
    await queueKeys(goodProfile);
    const renewing = renewQueueKeys(goodProfile);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(mocks.askDeadline).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    await renewing;
    expect((await queueKeys(goodProfile)).keys.accessKeyId).toBe("ASIA2");
  });
});

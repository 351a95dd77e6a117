import { beforeEach, describe, expect, it, vi } from "vitest";
import { beginUpload } from "./begin-upload.ts";
import { FakeStorage, goodProfile } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  session: {} as { area: FakeStorage },
  sendMessage: vi.fn(),
  mayReach: vi.fn(),
  isHostOpen: vi.fn(),
  openHostPage: vi.fn(),
  usableProfile: vi.fn(),
  current: vi.fn(),
  keysFor: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    runtime: { sendMessage: mocks.sendMessage },
    storage: {
      get session() {
        return mocks.session.area;
      },
    },
  },
  isHostOpen: mocks.isHostOpen,
  mayReach: mocks.mayReach,
  openHostPage: mocks.openHostPage,
}));
vi.mock("./profile-store.ts", () => ({ usableProfile: mocks.usableProfile }));
vi.mock("./host-access.ts", () => ({ settled: (change: Promise<unknown>) => change }));
vi.mock("./upload-keys.ts", () => ({ keysFor: mocks.keysFor }));
vi.mock("./vault.ts", () => ({ heldKeys: mocks.current }));

const ORIGINS = [
  "https://job-attachments.s3.us-west-2.amazonaws.com/*",
  "https://job-attachments.s3.dualstack.us-west-2.amazonaws.com/*",
];
const order = (uploadId = "a") => ({
  type: "upload.begin" as const,
  uploadId,
  profileId: "film",
  label: "shot_010",
});
const noted = () => [...mocks.session.area.held.keys()];

beforeEach(() => {
  vi.resetAllMocks();
  mocks.session.area = new FakeStorage();
  mocks.usableProfile.mockResolvedValue({ id: "film", profile: goodProfile, originPatterns: ORIGINS });
  mocks.current.mockResolvedValue({});
  mocks.mayReach.mockResolvedValue(true);
  mocks.isHostOpen.mockResolvedValue(false);
  mocks.openHostPage.mockResolvedValue(undefined);
  mocks.sendMessage.mockResolvedValue({ ok: true, value: null });
});

describe("beginUpload", () => {
  it("opens a host, notes the upload and orders it", async () => {
    mocks.sendMessage.mockImplementation(async () => {
      // The first request may ask for a signature before this order is answered.
      expect(noted()).toEqual(["upload-a"]);
      return { ok: true, value: null };
    });
    expect(await beginUpload(order())).toBeNull();
    expect(mocks.openHostPage).toHaveBeenCalledTimes(1);
    expect(mocks.sendMessage.mock.calls).toEqual([
      [{ type: "host.open", uploadId: "a", label: "shot_010", profile: goodProfile, hold: false }],
    ]);
    expect(noted()).toEqual(["upload-a"]);
  });

  it("opens one host for two drops at once, and none where one is open", async () => {
    await Promise.all([beginUpload(order("a")), beginUpload(order("b"))]);
    mocks.isHostOpen.mockResolvedValue(true);
    await beginUpload(order("c"));
    expect(mocks.openHostPage).toHaveBeenCalledTimes(1);
  });

  it("tries again to open a host after it could not", async () => {
    mocks.openHostPage.mockRejectedValueOnce(new Error("no memory"));
    await expect(beginUpload(order())).rejects.toThrow("no memory");
    expect(noted()).toEqual([]);
    expect(await beginUpload(order())).toBeNull();
  });

  it.each([
    ["credentials-missing", () => mocks.current.mockResolvedValue(undefined)],
    ["host-access-missing", () => mocks.mayReach.mockResolvedValue(false)],
    ["deadline-denied", () => mocks.keysFor.mockRejectedValue({ problem: { code: "deadline-denied" } })],
  ])("refuses with %s before anything is opened", async (code, spoil) => {
    spoil();
    await expect(beginUpload(order())).rejects.toMatchObject({ problem: { code } });
    expect(mocks.openHostPage).not.toHaveBeenCalled();
    expect(noted()).toEqual([]);
  });

  it("goes to the profile that the page names, whatever is chosen", async () => {
    await beginUpload(order());
    expect(mocks.usableProfile).toHaveBeenCalledWith("film");
  });

  it("asks for every host that the profile talks to", async () => {
    await beginUpload(order());
    expect(mocks.mayReach).toHaveBeenCalledWith(ORIGINS);
  });

  it.each([
    ["refuses", "upload-running", async () => ({ ok: false, problem: { code: "upload-running" } })],
    ["rejects", "host-unreachable", () => Promise.reject(new Error("Could not establish connection."))],
    ["does not answer", "host-unreachable", async () => undefined],
  ])("forgets the upload when the host %s", async (_how, code, answer) => {
    mocks.sendMessage.mockImplementation(answer);
    await expect(beginUpload(order())).rejects.toMatchObject({ problem: { code } });
    expect(noted()).toEqual([]);
  });
});

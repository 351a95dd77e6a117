import { beforeEach, expect, it, vi } from "vitest";
import { FakeStorage, goodPlace } from "./fake-storage.ts";
import { forgetLostUploads } from "./lost-uploads.ts";
import { noteUpload, runningUploads } from "./upload-store.ts";

const mocks = vi.hoisted(() => ({
  session: undefined as unknown as FakeStorage,
  isHostLeft: true,
  settleHosts: vi.fn(async () => undefined),
  noticeEnd: vi.fn(async () => undefined),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return mocks.session;
      },
    },
  },
  isHostLeft: async () => mocks.isHostLeft,
}));
vi.mock("./notices.ts", () => ({ noticeEnd: mocks.noticeEnd }));
vi.mock("./host-access.ts", () => ({ settleHosts: mocks.settleHosts }));

const ID = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";

beforeEach(async () => {
  vi.clearAllMocks();
  mocks.session = new FakeStorage();
  mocks.isHostLeft = true;
  await noteUpload(ID, goodPlace);
});

it("keeps what an engine host is busy with that has outlived the background", async () => {
  await forgetLostUploads();
  expect(await runningUploads()).toEqual([ID]);
  expect(mocks.noticeEnd).not.toHaveBeenCalled();
});

it("tells of what a host was busy with that is gone: every page may have been closed", async () => {
  mocks.isHostLeft = false;
  await forgetLostUploads();
  await forgetLostUploads();
  expect(mocks.noticeEnd).toHaveBeenCalledExactlyOnceWith(ID, {
    phase: "failed",
    label: "shot_010",
    problem: expect.objectContaining({ code: "host-lost" }),
  });
});

it("tells nothing of a preview: nothing of it was sent", async () => {
  mocks.isHostLeft = false;
  await noteUpload(ID, { ...goodPlace, isHeld: true });
  await forgetLostUploads();
  expect(await runningUploads()).toEqual([]);
  expect(mocks.noticeEnd).not.toHaveBeenCalled();
});

it("forgets what a host was busy with that is gone, and gives back the access that it needed", async () => {
  mocks.isHostLeft = false;
  await forgetLostUploads();
  expect(await runningUploads()).toEqual([]);
  expect(mocks.settleHosts).toHaveBeenCalledOnce();
});

it("takes no upload for a lost one that begins after the look", async () => {
  mocks.isHostLeft = false;
  void forgetLostUploads();
  await forgetLostUploads();
  await noteUpload(ID, goodPlace);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await runningUploads()).toEqual([ID]);
});

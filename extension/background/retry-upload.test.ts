import { beforeEach, expect, it, vi } from "vitest";
import { FakeStorage, goodPlace } from "./fake-storage.ts";
import { retryUpload } from "./retry-upload.ts";
import { forgetUpload, noteFailed, noteUpload } from "./upload-store.ts";

const mocks = vi.hoisted(() => ({
  session: {} as { area: FakeStorage },
  sendMessage: vi.fn(),
  mayReach: vi.fn(),
  current: vi.fn(),
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
  mayReach: mocks.mayReach,
}));
vi.mock("./rules.ts", () => ({
  judgeProfile: async ({ queueRole }: { queueRole: boolean }) => ({
    errors: [],
    originPatterns: [
      "https://bucket.example.com/*",
      ...(queueRole ? ["https://deadline.example.com/*"] : []),
    ],
  }),
}));
vi.mock("./host-access.ts", () => ({ settled: (change: Promise<unknown>) => change }));
vi.mock("./upload-keys.ts", () => ({ keysFor: async () => undefined }));
vi.mock("./vault.ts", () => ({ heldKeys: mocks.current }));

const order = { type: "upload.retry" as const, uploadId: "a" };
const noted = () => [...mocks.session.area.held.keys()];

beforeEach(async () => {
  vi.resetAllMocks();
  mocks.session.area = new FakeStorage();
  mocks.current.mockResolvedValue({});
  mocks.mayReach.mockResolvedValue(true);
  mocks.sendMessage.mockResolvedValue({ ok: true, value: null });
  await noteUpload("a", goodPlace);
  await noteFailed("a");
  await forgetUpload("a");
});

it("lets requests of the upload be signed again before the host goes on", async () => {
  mocks.sendMessage.mockImplementation(async () => {
    expect(noted()).toContain("upload-a");
    return { ok: true, value: null };
  });
  expect(await retryUpload(order)).toBeNull();
  expect(mocks.sendMessage.mock.calls).toEqual([[{ type: "host.retry", uploadId: "a" }]]);
  expect(mocks.mayReach).toHaveBeenCalledWith(["https://bucket.example.com/*"]);
  expect(mocks.session.area.held.get("upload-a")).toEqual(goodPlace);
});

it("needs the host that gives the queue's credentials as well, where the queue gives some", async () => {
  await noteUpload("a", { ...goodPlace, profile: { ...goodPlace.profile, queueRole: true } });
  await noteFailed("a");
  expect(await retryUpload(order)).toBeNull();
  expect(mocks.mayReach).toHaveBeenCalledWith([
    "https://bucket.example.com/*",
    "https://deadline.example.com/*",
  ]);
});

it.each([
  ["retry-gone", () => mocks.session.area.held.clear()],
  ["credentials-missing", () => mocks.current.mockResolvedValue(undefined)],
  ["host-access-missing", () => mocks.mayReach.mockResolvedValue(false)],
  ["retry-gone", () => mocks.sendMessage.mockResolvedValue({ ok: false, problem: { code: "retry-gone" } })],
  ["host-unreachable", () => mocks.sendMessage.mockRejectedValue(new Error("nobody"))],
])("refuses with %s, and nothing is signed for it", async (code, spoil) => {
  spoil();
  await expect(retryUpload(order)).rejects.toMatchObject({ problem: { code } });
  expect(noted()).not.toContain("upload-a");
});

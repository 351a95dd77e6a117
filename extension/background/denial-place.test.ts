import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage, goodPlace, goodProfile } from "./fake-storage.ts";
import { forgetUpload, noteFailed, noteUpload } from "./upload-store.ts";

const mocks = vi.hoisted(() => ({ session: {} as { area: FakeStorage }, makeDiagnosis: vi.fn() }));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return mocks.session.area;
      },
    },
  },
  mayReach: async () => true,
}));
vi.mock("./deadline.ts", () => ({ shownProblem: (problem: unknown) => problem }));
vi.mock("./rules.ts", () => ({ makeDiagnosis: mocks.makeDiagnosis, makeSigner: vi.fn() }));
vi.mock("./store-fetch.ts", () => ({ askStore: vi.fn() }));
vi.mock("./upload-keys.ts", () => ({ keysFor: vi.fn() }));

const { explainDenial } = await import("./denial.ts");

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const problem = { code: "bucket-missing", what: "There is none.", next: "Choose another one." };
const ask = (uploadId = UPLOAD) =>
  explainDenial({ type: "denial.explain", uploadId, code: "bucket-missing" });

beforeEach(() => {
  vi.resetAllMocks();
  mocks.session.area = new FakeStorage();
  mocks.makeDiagnosis.mockResolvedValue({ next: () => ({ type: "found", problem }), free: vi.fn() });
});

describe("a denial is explained for the profile", () => {
  it("that the upload began with, also after it has failed", async () => {
    await noteUpload(UPLOAD, goodPlace);
    expect(await ask()).toEqual({ problem, profileId: "film" });
    await noteFailed(UPLOAD);
    await forgetUpload(UPLOAD);
    expect(await ask()).toEqual({ problem, profileId: "film" });
    for (const [code, profile] of mocks.makeDiagnosis.mock.calls)
      expect([code, profile]).toEqual(["bucket-missing", goodProfile]);
  });

  it("of no upload that is known no more", async () => {
    expect(await ask()).toBeNull();
    expect(mocks.makeDiagnosis).not.toHaveBeenCalled();
  });
});

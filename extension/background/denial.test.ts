import { beforeEach, describe, expect, it, vi } from "vitest";
import { goodProfile } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({
  mayReach: vi.fn(),
  askStore: vi.fn(),
  keysFor: vi.fn(),
  placeOfUpload: vi.fn(),
  placeOfFailed: vi.fn(),
  makeDiagnosis: vi.fn(),
  signer: { sign: vi.fn(), free: vi.fn() },
  diagnosis: { next: vi.fn(), answered: vi.fn(), free: vi.fn() },
}));
vi.mock("../shared/browser.ts", () => ({ mayReach: mocks.mayReach }));
vi.mock("./deadline.ts", () => ({ shownProblem: (problem: unknown) => problem }));
vi.mock("./upload-store.ts", () => ({
  placeOfUpload: mocks.placeOfUpload,
  placeOfFailed: mocks.placeOfFailed,
}));
vi.mock("./rules.ts", () => ({ makeDiagnosis: mocks.makeDiagnosis, makeSigner: async () => mocks.signer }));
vi.mock("./store-fetch.ts", () => ({ askStore: mocks.askStore }));
vi.mock("./upload-keys.ts", () => ({ keysFor: mocks.keysFor }));

const { explainDenial } = await import("./denial.ts");

const URL_OF_QUESTION = "https://job-attachments.s3.us-west-2.amazonaws.com/DeadlineCloud/Data/0.xxh128";
const question = { type: "ask", request: { method: "GET", key: "k" } };
const problem = { code: "bucket-denied", what: "what", next: "next" };
const place = { profile: goodProfile, profileId: "film" };
const explain = () => explainDenial({ type: "denial.explain", uploadId: "a", code: "access-denied" });

beforeEach(() => {
  vi.resetAllMocks();
  mocks.placeOfUpload.mockResolvedValue(place);
  mocks.placeOfFailed.mockResolvedValue(undefined);
  mocks.mayReach.mockResolvedValue(true);
  mocks.keysFor.mockResolvedValue({ keys: {} });
  mocks.signer.sign.mockReturnValue({ url: URL_OF_QUESTION, headers: {} });
  mocks.askStore.mockResolvedValue({ status: 403, headers: {}, body: "" });
  mocks.makeDiagnosis.mockResolvedValue(mocks.diagnosis);
  mocks.diagnosis.next.mockReturnValueOnce(question).mockReturnValue({ type: "found", problem });
});

describe("a refusal", () => {
  it("is explained by what the store answers, and everything with a secret in it is freed", async () => {
    expect(await explain()).toEqual({ problem, profileId: "film" });
    expect(mocks.diagnosis.answered).toHaveBeenCalledWith({ status: 403, headers: {}, body: "" });
    expect(mocks.signer.free).toHaveBeenCalledOnce();
    expect(mocks.diagnosis.free).toHaveBeenCalledOnce();
  });

  it("stays as it was where Rust has nothing better to say", async () => {
    mocks.diagnosis.next.mockReset().mockReturnValue({ type: "nothing" });
    expect(await explain()).toBeNull();
  });

  it("is not asked about without access to the host: that is no answer", async () => {
    mocks.mayReach.mockResolvedValue(false);
    await explain();
    expect(mocks.askStore).not.toHaveBeenCalled();
    expect(mocks.diagnosis.answered).toHaveBeenCalledWith({ status: 0, headers: {}, body: "" });
  });

  it("is explained for an upload that has failed, and for none that is known no more", async () => {
    mocks.placeOfUpload.mockResolvedValue(undefined);
    expect(await explain()).toBeNull();
    mocks.placeOfFailed.mockResolvedValue(place);
    expect(await explain()).toEqual({ problem, profileId: "film" });
  });

  it("is not explained for a code that is no refusal", async () => {
    mocks.makeDiagnosis.mockResolvedValue(undefined);
    expect(await explain()).toBeNull();
    expect(mocks.signer.sign).not.toHaveBeenCalled();
  });

  it("frees what it made when there are no keys to ask with", async () => {
    mocks.keysFor.mockRejectedValue(new Error("none"));
    await expect(explain()).rejects.toThrow("none");
    expect(mocks.diagnosis.free).toHaveBeenCalledOnce();
  });
});

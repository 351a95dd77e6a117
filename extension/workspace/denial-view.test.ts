import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Problem, UploadState } from "../shared/messages.ts";
import { DenialView } from "./denial-view.ts";

const mocks = vi.hoisted(() => ({ askBackground: vi.fn(), problemButton: vi.fn() }));
vi.mock("../shared/background-client.ts", () => ({ askBackground: mocks.askBackground }));
vi.mock("../shared/problem-element.ts", () => ({ problemParts: ({ what }: Problem) => [what] }));
vi.mock("../shared/problem-button.ts", () => ({ problemButton: mocks.problemButton }));

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const problem = { code: "access-denied", what: "S3 refused.", next: "Ask." };
const explained = {
  problem: { ...problem, code: "object-denied", button: { action: "try-again" } },
  profileId: "film",
};
const failedAt = (endedAt: number) =>
  ({ uploadId: UPLOAD, phase: "failed", endedAt, problems: [problem] }) as unknown as UploadState;

/** The list of problems as the page has just written it. */
function freshList() {
  const item = { dataset: { code: problem.code }, shown: [] as unknown[] };
  const replaceChildren = (...parts: unknown[]) => {
    item.shown = parts;
  };
  const list = { querySelector: () => Object.assign(item, { replaceChildren }) };
  return { item, list: list as unknown as HTMLElement };
}

beforeEach(() => {
  vi.resetAllMocks();
  mocks.askBackground.mockResolvedValue({ ok: true, value: explained });
  mocks.problemButton.mockReturnValue({ classList: { add: () => undefined } });
});

describe("a failure", () => {
  it("is explained once, however often its state is told", async () => {
    const view = new DenialView(vi.fn(), vi.fn());
    const { item, list } = freshList();
    expect(await view.explainFailure(failedAt(1), list)).toEqual(explained.problem);
    expect(await view.explainFailure(failedAt(1), list)).toBeUndefined();
    expect(mocks.askBackground.mock.calls).toEqual([
      ["denial.explain", { uploadId: UPLOAD, code: problem.code }],
    ]);
    expect(mocks.problemButton.mock.lastCall?.[1]).toMatchObject({ uploadId: UPLOAD, profileId: "film" });
    expect(item.shown).toHaveLength(2);
  });

  it("is explained again where the same upload fails with the same once more", async () => {
    const view = new DenialView(vi.fn(), vi.fn());
    await view.explainFailure(failedAt(1), freshList().list);
    const { item, list } = freshList();
    await view.explainFailure(failedAt(2), list);
    expect(item.shown).toHaveLength(2);
  });
});

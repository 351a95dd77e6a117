import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Problem, UploadState } from "../shared/messages.ts";
import { FailureActions } from "./failure-actions.ts";

const mocks = vi.hoisted(() => ({ askBackground: vi.fn(), elements: new Map<string, EventTarget>() }));
vi.mock("../shared/background-client.ts", () => ({ askBackground: mocks.askBackground }));
vi.mock("../shared/browser.ts", () => ({}));
vi.mock("../shared/dom.ts", () => ({ byId: (id: string) => element(id) }));
vi.stubGlobal("HTMLElement", class {});
vi.stubGlobal("HTMLButtonElement", class {});

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const failed = (retry?: UploadState["retry"], files: (string | undefined)[] = [undefined]) =>
  ({
    uploadId: UPLOAD,
    retry,
    problems: files.map((file) => ({ code: "x", file })),
  }) as unknown as UploadState;

type FakeElement = EventTarget & { disabled: boolean; hidden?: boolean; click: ReturnType<typeof vi.fn> };
function element(id: string): FakeElement {
  const made =
    mocks.elements.get(id) ?? Object.assign(new EventTarget(), { disabled: false, click: vi.fn() });
  mocks.elements.set(id, made);
  return made as FakeElement;
}

let refused: ReturnType<typeof vi.fn<(problem: Problem) => void>>;
let actions: FailureActions;
beforeEach(() => {
  vi.resetAllMocks();
  mocks.elements.clear();
  refused = vi.fn();
  actions = new FailureActions(refused);
});

it("takes its button away where only another profile helps", () => {
  const explained = { code: "x", what: "It was refused.", next: "Mend it." };
  actions.show(failed("now"));
  actions.explained({ ...explained, button: { action: "copy-permissions", value: "s3:PutObject" } });
  expect(element("retry-section").hidden).toBe(false);
  actions.explained({ ...explained, button: { action: "open-profile", value: "expectedBucketOwner" } });
  expect(element("retry-section").hidden).toBe(true);
});

describe("trying again", () => {
  it("takes the upload up again where that can be, once for two presses, and keeps the button", async () => {
    mocks.askBackground.mockResolvedValue({ ok: true, value: null });
    actions.show(failed("now"));
    element("retry").dispatchEvent(new Event("click"));
    element("retry").dispatchEvent(new Event("click"));
    expect(element("retry").disabled).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(mocks.askBackground.mock.calls).toEqual([["upload.retry", { uploadId: UPLOAD }]]);
    expect(refused).not.toHaveBeenCalled();
  });

  it("says why that was refused, and can be pressed anew", async () => {
    const problem = { code: "busy", what: "Busy.", next: "Wait." };
    mocks.askBackground.mockResolvedValue({ ok: false, problem });
    actions.show(failed("now"));
    await actions.tryAgain();
    await actions.tryAgain();
    expect(refused.mock.calls).toEqual([[problem], [problem]]);
  });

  it.each([
    ["a folder, where what failed lies in one", ["shot/a.exr"], "pick-folder"],
    ["files, where only such have failed", ["a.exr", "b.exr"], "pick-files"],
    ["a folder, where no file is named", [undefined], "pick-folder"],
  ])("lets the same be chosen again: %s", async (_, files, chooser) => {
    actions.show(failed("choose-again", files));
    await actions.tryAgain();
    actions.show(failed(undefined, files));
    await actions.tryAgain();
    expect(element(chooser).click).toHaveBeenCalledTimes(2);
    expect(mocks.askBackground).not.toHaveBeenCalled();
  });
});

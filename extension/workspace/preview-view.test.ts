import { beforeEach, describe, expect, it, vi } from "vitest";
import type { UploadState } from "../shared/messages.ts";
import { PreviewView } from "./preview-view.ts";

const mocks = vi.hoisted(() => ({
  elements: new Map<string, EventTarget>(),
  focusFault: vi.fn(),
  tellNow: vi.fn(),
}));
vi.mock("../shared/dom.ts", () => ({ byId: (id: string) => element(id) }));
vi.mock("../shared/problem-element.ts", () => ({ problemParts: () => [] }));
vi.mock("./preview-presence.ts", () => ({
  PreviewPresence: class {
    show() {}
  },
}));
vi.mock("./pattern-fields.ts", () => ({
  PatternFields: class {
    reset() {}
    fill() {}
    tellNow = mocks.tellNow;
    focusFault = mocks.focusFault;
  },
}));
vi.stubGlobal("HTMLElement", class {});
vi.stubGlobal("HTMLButtonElement", class {});
vi.stubGlobal("document", { activeElement: null, body: {} });

type FakeElement = EventTarget & { disabled: boolean; hidden: boolean; focus: ReturnType<typeof vi.fn> };
function element(id: string): FakeElement {
  const fresh = { disabled: false, hidden: true, dataset: {}, replaceChildren: vi.fn(), focus: vi.fn() };
  const made = mocks.elements.get(id) ?? Object.assign(new EventTarget(), fresh);
  mocks.elements.set(id, made);
  return made as FakeElement;
}

const preview = { isReady: true, files: 1, bytes: 1n, contentsNew: 1, bytesNew: 1n, contentsInStore: 0 };
const rest = { bytesInStore: 0n, filesLeftOut: 0, bytesLeftOut: 0n, filesFailed: 0, filesUnseen: 0 };
const state = (refusal?: UploadState["refusal"]) =>
  ({
    uploadId: "a",
    found: { complete: true },
    preview: { ...preview, ...rest },
    ...(refusal && { refusal }),
  }) as unknown as UploadState;
const refusal = { code: "pattern-refused", what: "It cannot be read.", next: "Change it." };
const press = (id: string) => element(id).dispatchEvent(new Event("click"));

const uploads = { send: vi.fn(), select: vi.fn(), cancel: vi.fn() };
let view: PreviewView;
beforeEach(() => {
  vi.resetAllMocks();
  mocks.elements.clear();
  view = new PreviewView(uploads);
});

describe("the buttons of a preview", () => {
  it("can be pressed again where the same refusal comes once more", async () => {
    mocks.tellNow.mockResolvedValue(true);
    view.show(state(refusal));
    press("preview-upload");
    expect(element("preview-upload").disabled).toBe(true);
    await vi.waitFor(() => expect(uploads.send).toHaveBeenCalled());
    view.show(state(refusal));
    expect(element("preview-upload").disabled).toBe(false);
    expect(element("preview-cancel").disabled).toBe(false);
  });

  it("stay pressed while nothing is refused", async () => {
    mocks.tellNow.mockResolvedValue(true);
    view.show(state());
    press("preview-upload");
    await vi.waitFor(() => expect(uploads.send).toHaveBeenCalled());
    view.show(state());
    expect(element("preview-upload").disabled).toBe(true);
  });

  it("lead to the pattern that cannot be read, and send nothing", async () => {
    mocks.tellNow.mockResolvedValue(false);
    view.show(state());
    press("preview-upload");
    await vi.waitFor(() => expect(mocks.focusFault).toHaveBeenCalledOnce());
    expect(element("preview-upload").disabled).toBe(false);
    expect(uploads.send).not.toHaveBeenCalled();
  });
});

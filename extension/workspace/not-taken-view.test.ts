import { beforeEach, describe, expect, it, vi } from "vitest";
import type { UploadState } from "../shared/messages.ts";
import { NotTakenView } from "./not-taken-view.ts";

const mocks = vi.hoisted(() => ({ section: { open: false, hidden: true }, other: { textContent: "" } }));
vi.mock("../shared/dom.ts", () => ({
  byId: (id: string) => (id === "not-taken-section" ? mocks.section : mocks.other),
  make: vi.fn(),
}));
vi.mock("../shared/long-list.ts", () => ({ fillLongList: vi.fn() }));
vi.mock("../shared/path-element.ts", () => ({ pathElement: vi.fn() }));
vi.stubGlobal("HTMLDetailsElement", class {});
vi.stubGlobal("HTMLElement", class {});
vi.stubGlobal("HTMLUListElement", class {});

const { section } = mocks;
let view: NotTakenView;
const show = (notTakenCount: number, uploadId = "a") =>
  view.show({ uploadId, notTaken: [], notTakenCount } as unknown as UploadState);

beforeEach(() => {
  Object.assign(section, { open: false, hidden: true });
  view = new NotTakenView();
});

describe("what was not taken", () => {
  it("stays unfolded, or folded, while the same upload is shown again and again", () => {
    show(9);
    expect(section).toEqual({ open: false, hidden: false });
    section.open = true;
    show(9);
    show(12);
    expect(section.open).toBe(true);
    section.open = false;
    show(12);
    expect(section.open).toBe(false);
  });

  it("is folded as soon as it is a long list", () => {
    show(0);
    expect(section.hidden).toBe(true);
    show(8);
    expect(section.open).toBe(true);
    section.open = false;
    show(7);
    expect(section.open).toBe(false);
    section.open = true;
    show(9);
    expect(section.open).toBe(false);
  });

  it("of another upload begins as if nobody had touched the list", () => {
    show(9);
    section.open = true;
    show(9, "b");
    expect(section.open).toBe(false);
  });
});

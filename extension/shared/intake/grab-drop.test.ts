import { describe, expect, it } from "vitest";
import type { Root } from "../messages.ts";
import { collect, fakeFile, fakeFolder } from "./fake-entries.ts";
import { fakeFileHandle, fakeFolderHandle } from "./fake-handles.ts";
import { grabDrop } from "./grab-drop.ts";
import { type Intake, isFound } from "./intake.ts";

type Item = Pick<DataTransferItem, "kind" | "webkitGetAsEntry" | "getAsFile">;

function entryItem(entry: FileSystemEntry): Item {
  return { kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => null };
}

function grab(...items: Item[]): Intake | null {
  return grabDrop({ items: items as unknown as DataTransferItemList });
}

async function found(intake: Intake | null): Promise<string[]> {
  const items = await collect(intake?.items ?? []);
  return items.map((item) => (isFound(item) ? item.relativePath : `${item.code} ${item.path}`));
}

const text: Item = { kind: "string", webkitGetAsEntry: () => null, getAsFile: () => null };

describe("grabDrop", () => {
  it("is null for text and links", () => {
    expect(grab(text, text)).toBeNull();
    expect(grab()).toBeNull();
  });

  it("calls one folder by its name and several things by their number", async () => {
    const one = grab(entryItem(fakeFolder("shot_010", [fakeFile("a")])));
    expect(one?.label).toBe("shot_010");
    expect(await found(one)).toEqual(["shot_010/a"]);
    expect(grab(entryItem(fakeFile("a")), entryItem(fakeFile("b")))?.label).toBe("2 items");
  });

  it("grabs while the drop event lasts, also when nothing is read before it is over", async () => {
    const items: Item[] = [entryItem(fakeFile("a")), entryItem(fakeFile("b"))];
    const intake = grab(...items);
    items.length = 0;
    expect(await found(intake)).toEqual(["a", "b"]);
  });

  it("keeps handles to all of it, grabbed while the drop event lasts, or to nothing", async () => {
    const [one, other] = [fakeFolderHandle("a", []), fakeFileHandle("b")];
    const withHandle = (handle: () => Promise<Root | null>) => ({
      ...entryItem(fakeFile("x")),
      getAsFileSystemHandle: handle,
    });
    let isOver = false;
    const whileItLasts = (handle: Root) =>
      withHandle(async () => {
        if (isOver) throw new DOMException("over", "InvalidStateError");
        return handle;
      });
    const both = grab(whileItLasts(one), whileItLasts(other));
    isOver = true;
    expect(await both?.roots).toEqual([one, other]);
    const failing = withHandle(() => Promise.reject(new DOMException("no", "NotAllowedError")));
    isOver = false;
    expect(await grab(whileItLasts(one), failing)?.roots).toEqual([]);
    expect(
      await grab(
        whileItLasts(one),
        withHandle(async () => null),
      )?.roots,
    ).toEqual([]);
    expect(await grab(entryItem(fakeFile("a")))?.roots).toEqual([]);
  });

  it("lists by entries, and opens by the handle to the same thing", async () => {
    const item = {
      ...entryItem(fakeFolder("shot", [fakeFile("a"), fakeFile("a:b.exr")])),
      // Chromium's handles leave out the other one.
      getAsFileSystemHandle: async () => fakeFolderHandle("shot", [fakeFileHandle("a", "by handle")]),
    };
    const items = await collect(grab(item)?.items ?? []);
    const texts = items.map(async (one) => (isFound(one) ? [one.relativePath, await one.file.text()] : one));
    expect(await Promise.all(texts)).toEqual([
      ["shot/a", "by handle"],
      ["shot/a:b.exr", "x"],
    ]);
  });

  it("takes a file that has no entry, and tells an item that has neither", async () => {
    const image: Item = {
      kind: "file",
      webkitGetAsEntry: () => null,
      getAsFile: () => new File(["x"], "image.png"),
    };
    const nothing: Item = { ...image, getAsFile: () => null };
    expect(await found(grab(text, image, nothing))).toEqual(["image.png", "unreadable-file item 2"]);
  });
});

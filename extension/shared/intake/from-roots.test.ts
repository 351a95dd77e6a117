import { describe, expect, it } from "vitest";
import { entryNode } from "./entry-node.ts";
import { collect, fakeFile, fakeFolder } from "./fake-entries.ts";
import { fakeFileHandle, fakeFolderHandle } from "./fake-handles.ts";
import { fromRoots } from "./from-roots.ts";
import { type IntakeItem, isFound } from "./intake.ts";
import { walk } from "./walk.ts";

const paths = (items: readonly IntakeItem[]) =>
  items.map((item) => (isFound(item) ? item.relativePath : `${item.code} ${item.path}`));

describe("fromRoots", () => {
  it("finds the same under the same paths as a drop gives", async () => {
    const many = Array.from({ length: 250 }, (_, n) => `${n}.exr`);
    const dropped = walk(
      [
        fakeFolder("shot_010", [
          fakeFolder("deep", [fakeFile("sky.hdr")]),
          fakeFolder("empty", []),
          ...many.map((name) => fakeFile(name)),
        ]),
        fakeFile("notes.txt"),
      ].map((entry) => entryNode(entry)),
    );
    const roots = [
      fakeFolderHandle("shot_010", [
        fakeFolderHandle("deep", [fakeFileHandle("sky.hdr")]),
        fakeFolderHandle("empty", []),
        ...many.map((name) => fakeFileHandle(name)),
      ]),
      fakeFileHandle("notes.txt"),
    ];
    const again = fromRoots("2 items", roots);
    expect(paths(await collect(again.items))).toEqual(paths(await collect(dropped)));
    expect(again.label).toBe("2 items");
    expect(await again.roots).toEqual(roots);
  });

  it("tells what is gone meanwhile", async () => {
    const gone = new DOMException("gone", "NotFoundError");
    const { items } = fromRoots("a", [fakeFolderHandle("a", [fakeFileHandle("x", "x", gone)])]);
    expect(paths(await collect(items))).toEqual(["unreadable-file a/x"]);
  });
});

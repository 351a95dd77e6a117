import { describe, expect, it } from "vitest";
import { entryNode } from "./entry-node.ts";
import { collect, fakeFile, fakeFolder } from "./fake-entries.ts";
import { type IntakeItem, isFound } from "./intake.ts";
import { walk } from "./walk.ts";

async function walkAll(...entries: FileSystemEntry[]): Promise<IntakeItem[]> {
  return collect(walk(entries.map((entry) => entryNode(entry))));
}

function paths(items: readonly IntakeItem[]): string[] {
  return items.map((item) => (isFound(item) ? item.relativePath : `${item.code} ${item.path}`));
}

describe("walk", () => {
  it("finds files at every depth, each path beginning with the dropped folder's name", async () => {
    const items = await walkAll(
      fakeFolder("shot_010", [
        fakeFolder("textures", [fakeFile("größe.exr"), fakeFolder("hdr", [fakeFile("sky.hdr")])]),
        fakeFile("scene.blend"),
        fakeFolder("cache", [fakeFile("0001.vdb")]),
      ]),
      fakeFile("notes.txt"),
    );
    expect(paths(items)).toEqual([
      "notes.txt",
      "shot_010/scene.blend",
      "shot_010/textures/größe.exr",
      "shot_010/textures/hdr/sky.hdr",
      "shot_010/cache/0001.vdb",
    ]);
  });

  it("finds 10,001 files in one folder", async () => {
    const files = Array.from({ length: 10_001 }, (_, n) => fakeFile(`${n}.exr`));
    const items = await walkAll(fakeFolder("frames", files));
    expect(items).toHaveLength(10_001);
    expect(new Set(paths(items)).size).toBe(10_001);
  });

  it("reads a folder only when it is asked for more", async () => {
    let read = 0;
    const later = fakeFolder("later", [fakeFile("b")]);
    const counted = {
      ...later,
      createReader: () => {
        read += 1;
        return later.createReader();
      },
    };
    const items = walk([fakeFolder("first", [fakeFile("a")]), counted].map((entry) => entryNode(entry)));
    await items.next();
    expect(read).toBe(0);
    await items.next();
    expect(read).toBe(1);
  });

  it("goes as deep as folders go", async () => {
    let folder = fakeFolder("d", [fakeFile("end")]);
    for (let depth = 0; depth < 5000; depth++) folder = fakeFolder("d", [folder]);
    const [only, ...others] = await walkAll(folder);
    expect(others).toEqual([]);
    expect(only && isFound(only) && only.relativePath.split("/").length).toBe(5002);
  });

  it("tells empty folders by name", async () => {
    const items = await walkAll(
      fakeFolder("a", [fakeFolder("empty", []), fakeFile("x")]),
      fakeFolder("bare", []),
    );
    expect(paths(items)).toEqual(["a/x", "empty-folder a/empty", "empty-folder bare"]);
  });

  it("tells a file that cannot be opened, and goes on", async () => {
    const denied = new DOMException("no", "NotReadableError");
    const items = await walkAll(fakeFolder("a", [fakeFile("locked", denied), fakeFile("x")]));
    expect(paths(items)).toEqual(["unreadable-file a/locked", "a/x"]);
    expect(items[0]).toMatchObject({ reason: expect.stringContaining("NotReadableError") });
  });

  it("tells a folder that cannot be read to its end, keeps what it gave, and does not call it empty", async () => {
    const gone = new DOMException("gone", "NotFoundError");
    const items = await walkAll(
      fakeFolder("a", [
        fakeFolder("half", [fakeFile("x")], gone),
        fakeFolder("locked", [], gone),
        fakeFile("y"),
      ]),
    );
    expect(paths(items)).toEqual([
      "a/y",
      "a/half/x",
      "unreadable-folder a/half",
      "unreadable-folder a/locked",
    ]);
  });

  it("tells names that the browser does not give, by the folder that they are in", async () => {
    const items = await walkAll(
      fakeFolder("a", [fakeFile(""), fakeFolder("", [fakeFile("lost")]), fakeFile("x")]),
      fakeFile(""),
    );
    expect(paths(items)).toEqual([
      "name-not-unicode dropped item",
      "name-not-unicode a",
      "name-not-unicode a",
      "a/x",
    ]);
  });

  it("keeps names that are not well-formed as they are", async () => {
    const items = await walkAll(fakeFolder("a\ud800", [fakeFile("b\udfff")]));
    expect(paths(items)).toEqual(["a\ud800/b\udfff"]);
  });
});

import { describe, expect, it } from "vitest";
import { fakeFileHandle, fakeFolderHandle } from "../shared/intake/fake-handles.ts";
import type { Root } from "../shared/messages.ts";
import { RootFiles } from "./root-files.ts";

const shot = fakeFolderHandle("shot", [
  fakeFileHandle("a.txt", "a"),
  fakeFolderHandle("deep", [fakeFileHandle("b.txt", "b")]),
]);

async function read(path: string, ...roots: Root[]): Promise<string | undefined> {
  const files = new RootFiles();
  files.take(roots);
  return (await files.getFile(path))?.text();
}

describe("RootFiles", () => {
  it("finds files of dropped folders and dropped files by their paths", async () => {
    const note = fakeFileHandle("note.txt", "n");
    expect(await read("shot/a.txt", note, shot)).toBe("a");
    expect(await read("shot/deep/b.txt", note, shot)).toBe("b");
    expect(await read("note.txt", note, shot)).toBe("n");
  });

  it("has none where there is no such root, or where two have its name", async () => {
    expect(await read("shot/a.txt")).toBeUndefined();
    expect(await read("other/a.txt", shot)).toBeUndefined();
    expect(await read("shot", shot)).toBeUndefined();
    expect(await read("shot/a.txt", shot, fakeFolderHandle("shot", []))).toBeUndefined();
  });

  it("reads nothing that the browser would have to ask for", async () => {
    const closed = fakeFolderHandle("shot", [fakeFileHandle("a.txt")], "prompt");
    expect(await read("shot/a.txt", closed)).toBeUndefined();
  });

  it("rejects for a file that is gone", async () => {
    await expect(read("shot/gone.txt", shot)).rejects.toThrow("not there");
  });
});

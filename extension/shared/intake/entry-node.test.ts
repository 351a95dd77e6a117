import { describe, expect, it } from "vitest";
import type { Root } from "../messages.ts";
import { entryNode } from "./entry-node.ts";
import { fakeFile, fakeFolder } from "./fake-entries.ts";
import { fakeFileHandle, fakeFolderHandle } from "./fake-handles.ts";

const denied = new DOMException("no", "NotAllowedError");

async function textsIn(entry: FileSystemEntry, handle: () => Promise<Root | null>): Promise<string[]> {
  const texts: string[] = [];
  for await (const nodes of entryNode(entry, handle).list?.() ?? [])
    for (const { name, open, list } of nodes)
      texts.push(list ? `${name}/` : `${name} ${await (await open?.())?.text()}`);
  return texts;
}

describe("entryNode", () => {
  const folder = fakeFolder("shot", [fakeFile("a"), fakeFile("b~"), fakeFolder("inside", [])]);

  it("opens by handles what they find, and lists what they do not", async () => {
    const handle = fakeFolderHandle("shot", [fakeFileHandle("a", "by handle")]);
    expect(await textsIn(folder, async () => handle)).toEqual(["a by handle", "b~ x", "inside/"]);
  });

  it("opens by entries where a handle may not be read, or there is none", async () => {
    const handle = fakeFolderHandle("shot", [fakeFileHandle("a", "", denied)]);
    const byEntries = ["a x", "b~ x", "inside/"];
    expect(await textsIn(folder, async () => handle)).toEqual(byEntries);
    expect(await textsIn(folder, async () => null)).toEqual(byEntries);
    expect(await textsIn(folder, () => Promise.reject(denied))).toEqual(byEntries);
  });

  it("opens a file that was dropped itself", async () => {
    const opened = entryNode(fakeFile("a"), async () => fakeFileHandle("a", "by handle")).open?.();
    expect(await (await opened)?.text()).toBe("by handle");
  });

  it("tells why a file cannot be opened by either", async () => {
    const gone = new DOMException("gone", "NotFoundError");
    const { open } = entryNode(fakeFile("a", gone), async () => fakeFileHandle("a", "", denied));
    await expect(open?.()).rejects.toBe(gone);
  });
});

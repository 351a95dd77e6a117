import { describe, expect, it } from "vitest";
import { grabPassable } from "./pass-drop.ts";

function item(name: string, isDirectory = false): DataTransferItem {
  return {
    kind: "file",
    getAsFile: () => new File(["x"], name),
    webkitGetAsEntry: () => ({ isDirectory, name }),
  } as unknown as DataTransferItem;
}

const transfer = (...items: DataTransferItem[]) => ({ items: items as unknown as DataTransferItemList });

describe("grabPassable", () => {
  it("takes files where the browser has no handles", async () => {
    const drop = await grabPassable(transfer(item("a.txt"), item("b.txt")));
    expect(drop?.files.map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
    expect(drop?.roots).toEqual([]);
  });

  it("cannot pass a folder without a handle, and says so", async () => {
    expect(await grabPassable(transfer(item("a.txt"), item("shot", true)))).toBeNull();
  });

  it("takes nothing out of a drop that holds no file", () => {
    expect(grabPassable(transfer({ kind: "string" } as DataTransferItem))).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { fromPicker } from "./from-picker.ts";

function chosen(name: string, webkitRelativePath = ""): File {
  return Object.assign(new File(["x"], name), { webkitRelativePath });
}

describe("fromPicker", () => {
  it("keeps the paths of a chosen folder and calls it by its name", () => {
    const intake = fromPicker([chosen("a.exr", "shot_010/a.exr"), chosen("b.exr", "shot_010/tex/b.exr")]);
    expect(intake.label).toBe("shot_010");
    expect([...(intake.items as Iterable<unknown>)]).toMatchObject([
      { relativePath: "shot_010/a.exr" },
      { relativePath: "shot_010/tex/b.exr" },
    ]);
  });

  it("takes single files by their names", () => {
    expect(fromPicker([chosen("a.exr")]).label).toBe("a.exr");
    const two = fromPicker([chosen("a.exr"), chosen("b.exr")]);
    expect(two.label).toBe("2 items");
    expect([...(two.items as Iterable<unknown>)]).toMatchObject([
      { relativePath: "a.exr" },
      { relativePath: "b.exr" },
    ]);
  });

  it("keeps its copy when the list is emptied", () => {
    const list = [chosen("a.exr")];
    const intake = fromPicker(list);
    list.length = 0;
    expect([...(intake.items as Iterable<unknown>)]).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import { visibleText } from "./visible-text.ts";

describe("visibleText", () => {
  it("leaves ordinary names alone, whatever their script", () => {
    for (const name of ["scene.blend", "Größe 10 %.exr", "シーン.exr", "صورة.png", "👩‍🚀.png", "a b.txt"]) {
      expect(visibleText(name)).toBe(name);
    }
  });
  it("shows control characters as their pictures", () => {
    expect(visibleText("a\nb\tc\u0000\u007f")).toBe("a\u240ab\u2409c\u2400\u2421");
  });
  it("shows a direction override that would disguise a name", () => {
    expect(visibleText("exe.\u202egnp")).toBe("exe.[U+202E]gnp");
  });
  it("shows a lone surrogate as a replacement character", () => {
    expect(visibleText("a\ud800b")).toBe("a\ufffdb");
  });
});

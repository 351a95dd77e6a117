import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("chooses no files by a dialog, which would close the popup before anything is chosen", () => {
  const markup = readFileSync(new URL("./popup.html", import.meta.url), "utf8");
  expect(markup).not.toMatch(/<input\b[^>]*\btype\s*=\s*["']?file/i);
});

/** Pages in right-to-left languages are mirrored, so no rule may name a side of the screen; and no text comes from a style. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const extension = dirname(import.meta.dirname);
const styles = readdirSync(extension, { encoding: "utf8", recursive: true }).filter((path) =>
  path.endsWith(".css"),
);

const PHYSICAL = [
  /(?<![\w-])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)/,
  /(?<![\w-])(?:left|right|top|bottom)\s*:/,
  /(?<![\w-])(?:min-|max-)?(?:width|height)\s*:/,
  /(?:text-align|float|clear|transform-origin)\s*:[^;]*\b(?:left|right)\b/,
  /border-(?:top|bottom)-(?:left|right)-radius/,
  /(?<![\w-])(?:overflow|overscroll-behavior)-[xy]/,
  /(?<![\w-])translate(?:X|3d)?\b/,
];

/** Four values go around clockwise from the top: the second and the fourth are sides. */
const FOUR_VALUES =
  /(?<![\w-])(?:margin|padding|inset|border-(?:width|style|color|radius))\s*:\s*(?:[^\s;]+\s+){3}[^\s;]+;/;

it("there are styles to look at", () => {
  expect(styles.length).toBeGreaterThanOrEqual(5);
});

it.each(styles)("%s has logical properties only", (path) => {
  const css = readFileSync(join(extension, path), "utf8").replace(/\/\*.*?\*\//gs, "");
  const lines = withoutArguments(css)
    .split("\n")
    .filter((line) => !line.trim().startsWith("@media"));
  const physical = lines.filter((line) => [...PHYSICAL, FOUR_VALUES].some((pattern) => pattern.test(line)));
  expect(physical).toEqual([]);
});

it.each(styles)("%s shows no words", (path) => {
  const css = readFileSync(join(extension, path), "utf8");
  expect(css.match(/content\s*:\s*(["'])[^"']*\p{L}[^"']*\1/gu)).toBeNull();
});

/** Values of functions are no values of the property. */
function withoutArguments(css: string): string {
  const less = css.replace(/(?<=[\w-])\([^()]*\)/g, "");
  return less === css ? css : withoutArguments(less);
}

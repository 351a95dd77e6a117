import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Frame, Page } from "puppeteer-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong in a page's frame as it is now, in both colour schemes, as `rule: element`. */
export async function wrongIn(page: Page, frame: Frame = page.mainFrame()): Promise<string[]> {
  const wrong: string[] = [];
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: scheme },
      // Colours on their way from one scheme to the other are nobody's.
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    // A frame of another site hears of both in its own time, and may move its colours meanwhile.
    if (frame !== page.mainFrame()) await new Promise((resolve) => setTimeout(resolve, 500));
    // Not a script of the page: its content security policy would refuse one.
    await frame.evaluate(`(() => { ${AXE} })()`);
    const { violations, passes } = (await frame.evaluate("axe.run(document)")) as AxeResults;
    if (passes.length <= 10) throw new Error("axe has looked at next to nothing.");
    for (const { id, nodes } of violations) {
      for (const { html } of nodes) wrong.push(`${scheme} ${id}: ${html}`);
    }
  }
  return wrong;
}

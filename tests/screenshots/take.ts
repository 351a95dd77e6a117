/**
 * What `cargo xtask screenshots` runs: every surface in every state, light and dark, as pictures in `docs/screenshots/`
 * with a page that shows them all.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "puppeteer-core";
import { SURFACE_STATES, Theatre } from "../e2e/surface-states.ts";
import { page as pageOf } from "./page.ts";

const FOLDER = resolve(import.meta.dirname, "../../docs/screenshots");
const SCHEMES = ["light", "dark"] as const;
/** Small text can be read, and a picture takes a tenth of what PNG takes. */
const QUALITY = 30;

/** In CSS pixels; the height is that of the content, if that is more. */
function viewportOf(page: Page): { width: number; height: number } {
  const url = page.url();
  if (url.includes("/popup/")) return { width: 400, height: 320 };
  if (url.includes("/panel/")) return { width: 360, height: 640 };
  return url.startsWith("http") ? { width: 800, height: 600 } : { width: 1100, height: 700 };
}

/** The options are long: they are shown whole once, and else only the part where something has happened. */
const isWhole = (page: Page, name: string) => !page.url().includes("/options/") || name === "options-ready";

await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const theatre = await Theatre.open();
const taken = new Map<string, string[]>();
try {
  for (const [state, visit] of Object.entries(SURFACE_STATES)) {
    console.error(state);
    const names: string[] = [];
    await visit(theatre, async (page, name) => {
      await page.bringToFront();
      await page.setViewport(viewportOf(page));
      for (const scheme of SCHEMES) {
        await page.emulateMediaFeatures([
          { name: "prefers-color-scheme", value: scheme },
          { name: "prefers-reduced-motion", value: "reduce" },
        ]);
        // A frame of another site hears of it in its own time.
        await new Promise((done) => setTimeout(done, 200));
        const path = join(FOLDER, `${name}-${scheme}.webp`) as `${string}.webp`;
        await page.screenshot({ path, type: "webp", quality: QUALITY, fullPage: isWhole(page, name) });
      }
      names.push(name);
    });
    taken.set(state, names);
  }
} finally {
  await theatre.close();
}
await writeFile(join(FOLDER, "README.md"), pageOf(taken));

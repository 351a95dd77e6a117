/**
 * What the browser itself gives to a page for something that is dropped, without our extension: what it cannot list
 * there, no page can.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { PATIENCE_MS } from "../patience.ts";
import { FirefoxContent } from "./firefox-content.ts";

/**
 * Drops files of this machine at a point of the page: trusted events, as from a person. A folder can be dropped in Chromium
 * only: in Firefox the files in it are.
 */
export async function dropAt(page: Page, x: number, y: number, paths: string[]): Promise<void> {
  const any: unknown = page;
  if (any instanceof FirefoxContent) return any.dropFiles({ x, y }, paths.flatMap(filesIn));
  const session = await page.createCDPSession();
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    await session.send("Input.dispatchDragEvent", { type, x, y, data });
  }
  // What was dropped on may have closed itself.
  await session.detach().catch(() => undefined);
}

/** The files in a folder, not those below it; or the one file. */
export function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const inside = readdirSync(path, { withFileTypes: true }).filter((one) => one.isFile());
  if (inside.length === 0) throw new Error(`There is no file to drag in ${path}.`);
  return inside.map(({ name }) => join(path, name));
}

/**
 * Names in the dropped folder, or the name of the error that the browser gives instead. `address`: a page without a script
 * of the origin that would get it; a page without an origin is told less.
 */
export async function listDropped(
  browser: Browser,
  path: string,
  address: string,
): Promise<string[] | string> {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    const listed = await page.evaluateHandle(() => {
      document.body.style.height = "100px";
      const answer: { names?: string[] | string } = {};
      window.addEventListener("dragover", (event) => event.preventDefault());
      window.addEventListener("drop", (event) => {
        event.preventDefault();
        const entry = event.dataTransfer?.items[0]?.webkitGetAsEntry() as FileSystemDirectoryEntry;
        entry.createReader().readEntries(
          (entries) => {
            answer.names = entries.map(({ name }) => name);
          },
          ({ name }) => {
            answer.names = name;
          },
        );
      });
      return answer;
    });
    await dropAt(page, 50, 50, [path]);
    await page.waitForFunction((answer) => answer.names !== undefined, { timeout: PATIENCE_MS }, listed);
    return await listed.evaluate(({ names }) => names ?? []);
  } finally {
    await page.close();
  }
}

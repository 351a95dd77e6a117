/** A drop of 100,000 files: the page holds the lines in view and no others, and is as quick as with a thousand. */
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { Scene } from "./scene.ts";

const FEW = 1000;
const MANY = 100_000;
const FOLDERS = 100;
/** Lines in view, those that are kept ready beside them, and some more. */
const LINES_AT_MOST = 60;
const LIMIT_MS = 300_000;
/** In milliseconds: what comes sooner, people take for at once. */
const AT_ONCE = 100;

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());

/** All with the same content, which is sent once: this is about the list. */
function folderOf(count: number): string {
  const root = join(scene.folder, `frames-${count}`);
  const each = count / FOLDERS;
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const path = join(root, `pass_${String(folder).padStart(3, "0")}`);
    mkdirSync(path, { recursive: true });
    const [first = "", ...others] = Array.from({ length: each }, (_, at) =>
      join(path, `beauty.${String(at).padStart(4, "0")}.exr`),
    );
    writeFileSync(first, "the same");
    // A tenth of the time that writing them takes.
    for (const other of others) linkSync(first, other);
  }
  return root;
}

async function preview(count: number): Promise<WorkspacePage> {
  const folder = folderOf(count);
  const workspace = await scene.workspace();
  await workspace.lookAtPreviews();
  await workspace.drop([folder]);
  const { page } = workspace;
  await page.waitForSelector("body[data-state=preview]", { timeout: LIMIT_MS });
  const isReady = () => document.querySelector("#preview-state")?.textContent === "";
  await page.waitForFunction(isReady, { timeout: LIMIT_MS, polling: 500 });
  await page.waitForSelector(`#files [aria-setsize="${count}"]`);
  await page.focus("#files");
  return workspace;
}

const isCurrent = (page: Page, line: number) =>
  page.waitForFunction(
    (wanted) => {
      const shown = document.querySelector(
        `#files [aria-selected=true][aria-posinset="${wanted}"] .file-path`,
      );
      return (shown?.textContent ?? "") !== "";
    },
    {},
    line,
  );

/** From here on the page notes how long each key takes until something new is painted. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const taken: number[] = [];
    Object.assign(globalThis, { taken });
    const observer = new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === "keydown") taken.push(duration);
    });
    // The shortest that browsers tell of.
    observer.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });

/**
 * Milliseconds from a key to what it shows, in a walk through the list, from one end to the other and by pages: the median
 * of those keys that take long enough for the browser to tell.
 */
async function walk(page: Page, count: number): Promise<number> {
  await listen(page);
  for (let round = 0; round < 5; round += 1) {
    await page.keyboard.press("End");
    await isCurrent(page, count);
    await page.keyboard.press("Home");
    await isCurrent(page, 1);
    for (let step = 0; step < 10; step += 1) await page.keyboard.press("PageDown");
  }
  // It is told of a key after the painting.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  const taken = await page.evaluate(() => (globalThis as unknown as { taken: number[] }).taken);
  return taken.sort((one, other) => one - other)[Math.floor(taken.length / 2)] ?? 0;
}

it(
  "walks through 100,000 lines as through a thousand, and uploads them",
  async () => {
    const few = await preview(FEW);
    const little = await walk(few.page, FEW);
    await few.page.click("#preview-cancel");
    await few.page.waitForSelector("body[data-state=cancelled]");
    await few.page.close();

    const workspace = await preview(MANY);
    const { page } = workspace;
    expect(await page.$eval("#preview-files", (shown) => shown.getAttribute("data-value"))).toBe(`${MANY}`);
    const much = await walk(page, MANY);
    console.info(
      `Milliseconds from a key to its picture: ${little} with ${FEW} lines, ${much} with ${MANY}.`,
    );
    expect(much).toBeLessThan(2 * Math.max(little, AT_ONCE));
    await page.keyboard.press("End");
    await isCurrent(page, MANY);
    const last = await page.$eval("#files [aria-selected=true]", (line) => line.textContent ?? "");
    expect(last).toContain("beauty.");
    expect((await page.$$("#files [role=option]")).length).toBeLessThan(LINES_AT_MOST);
    const end = await workspace.endAfter(() => page.click("#preview-upload"), LIMIT_MS);
    expect(end).toBe("complete");
    const { files, objectsWritten, manifestKey } = await workspace.result();
    expect([files, objectsWritten]).toEqual([MANY, 1]);
    const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(manifestKey)));
    expect(manifest.paths).toHaveLength(MANY);
    await page.close();
  },
  3 * LIMIT_MS,
);

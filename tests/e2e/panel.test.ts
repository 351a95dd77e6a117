/** The two small surfaces beside a page: the side panel, and the popup as a place to drop on. */

import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { dropAt } from "../browser/bare-drop.ts";
import { isFirefox } from "../browser/extension-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

/** As wide as a browser lets a side panel be at the least. */
const NARROW = { width: 320, height: 720 };

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());

/** Presses the popup's button, as only a real press opens the panel. */
async function openPanel(): Promise<Page> {
  const popup = await scene.browser.openPopup();
  await popup.click("#open-panel");
  return scene.browser.openedPanel();
}

const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

it("opens from the popup, takes a drop, and shows its end", async () => {
  await scene.write({ "a.bin": bytes(40_000, 7001), "in/b.bin": bytes(50, 7002) });
  const before = await scene.objects();
  const page = await openPanel();
  await page.waitForSelector("#drop-zone:not([hidden])");
  expect(await isTooWide(page)).toBe(false);
  const panel = new WorkspacePage(page);
  const end = panel.endAfter(() => panel.dropHere([scene.folder]), UPLOAD_LIMIT_MS);
  expect(await end).toBe("complete");
  expect(await scene.judge(panel, before)).toEqual([]);
  await page.close();
});

it("is accessible and not wider than 320 px, ready and with a result", async () => {
  const page = await scene.browser.openPage("panel/panel.html");
  await page.setViewport(NARROW);
  await page.waitForSelector("body[data-state=complete]");
  expect(await isTooWide(page)).toBe(false);
  expect(await wrongIn(page)).toEqual([]);
  await scene.browser.loseHost();
  await page.reload();
  await page.waitForSelector("body[data-state=ready]");
  expect(await isTooWide(page)).toBe(false);
  expect(await wrongIn(page)).toEqual([]);
  await page.close();
});

it("opens the workspace by its button", async () => {
  const page = await scene.browser.openPage("panel/panel.html");
  await page.waitForSelector("body[data-state=ready]");
  await page.click("#open-workspace");
  await (await scene.browser.opened("workspace.html")).close();
  await page.close();
});

it.each(["with no workspace open", "with a workspace open"])(
  "passes a folder dropped on the popup to the workspace, %s",
  async (situation) => {
    await scene.clear();
    await scene.write({
      "c.bin": bytes(3000, situation.length),
      "deep/er/d.bin": bytes(70, situation.length),
    });
    const before = await scene.objects();
    const manifests = await scene.manifests();
    const open = situation.startsWith("with a") ? await scene.workspace() : undefined;
    const other = await scene.browser.newPage();
    await other.bringToFront();
    const popup = await scene.browser.openPopup();
    await dropAt(popup, 100, 100, [scene.folder]);
    await until(() => popup.isClosed());
    const shown = await scene.browser.opened("workspace.html");
    const workspace = open ?? new WorkspacePage(shown);
    await workspace.uploadAtOnce();
    // It may still show the end of the upload before.
    await workspace.page.waitForFunction(
      (known) => {
        const key = document.querySelector("[data-fact=manifestKey]")?.getAttribute("data-value");
        return document.body.dataset.state === "complete" && key && !known.includes(key);
      },
      { timeout: UPLOAD_LIMIT_MS },
      manifests,
    );
    expect(await workspace.page.evaluate(() => document.visibilityState)).toBe("visible");
    expect(await scene.judge(workspace, before, isFirefox ? "its files" : "the folder")).toEqual([]);
    expect((await workspace.result()).files).toBe(isFirefox ? 1 : 2);
    await workspace.page.close();
    await other.close();
  },
);

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ExtensionBrowser } from "../browser/chromium.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";

/** Takes this server long enough for a tab to be closed and opened meanwhile. */
const LARGE = 192 << 20;

describe("a fresh install", () => {
  it("may reach no host and knows no profile", async () => {
    const browser = await ExtensionBrowser.start({ headless: true });
    try {
      const worker = await browser.serviceWorker();
      const { origins } = await worker.evaluate(() => chrome.permissions.getAll());
      expect(origins).toEqual([]);
      const page = await browser.openPage("workspace/workspace.html");
      await page.waitForSelector("body[data-state=no-profile]");
    } finally {
      await browser.close();
    }
  });
});

describe("an upload", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene?.close());
  beforeEach(() => scene.clear());

  it("goes on when the workspace tab is closed, and the popup shows it", async () => {
    await scene.write({ "caches/large.abc": bytes(LARGE, 1) });
    const before = await scene.objects();
    const first = await scene.workspace();
    await first.drop([scene.folder]);
    await first.page.waitForSelector("[data-phase=uploading] progress[value]");
    // The page asks to stay open until it has handed over all files.
    await first.page.waitForFunction(
      () => !document.querySelector("#tab-advice")?.textContent?.includes("open"),
    );
    await first.page.close();

    const popup = await scene.browser.openPage("popup/popup.html");
    await popup.waitForSelector("#running:not([hidden])");
    await popup.close();

    const second = await scene.workspace();
    await second.page.waitForSelector("body[data-state=running]");
    await second.page.waitForSelector("body[data-state=complete]", { timeout: UPLOAD_LIMIT_MS });
    expect(await scene.judge(second, before)).toEqual([]);
    await second.page.close();
  });

  it("survives the end of the service worker", async () => {
    await scene.write({ "caches/large.abc": bytes(LARGE, 2), "small.ma": "small" });
    const before = await scene.objects();
    const workspace = await scene.workspace();
    await workspace.drop([scene.folder]);
    await workspace.page.waitForSelector("body[data-state=running]");
    await (await scene.browser.serviceWorker()).close();
    await workspace.page.waitForSelector("body[data-state=complete]", { timeout: UPLOAD_LIMIT_MS });
    expect(await scene.judge(workspace, before)).toEqual([]);
    await workspace.page.close();
  });
});

describe("credentials", () => {
  it("are in no permanent storage and gone when the browser closes", async () => {
    const scene = await Scene.open();
    let browser = scene.browser;
    try {
      const worker = await browser.serviceWorker();
      const local = await worker.evaluate(async () => JSON.stringify(await chrome.storage.local.get()));
      expect(local).toContain(scene.store.bucket);
      expect(local).not.toContain(scene.store.secretKey);
      expect(local).not.toContain(scene.store.accessKey);

      browser = await browser.restart();
      const page = await browser.openPage("workspace/workspace.html");
      await page.waitForSelector("body[data-state=no-credentials]");
    } finally {
      await browser.close();
    }
  });
});

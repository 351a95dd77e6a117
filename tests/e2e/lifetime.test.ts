import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFirefox, startExtension } from "../browser/extension-browser.ts";
import { bytes, Scene } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

describe("a fresh install", () => {
  it("may reach no host and knows no profile", async () => {
    const browser = await startExtension({ headless: true });
    try {
      const worker = await browser.background();
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
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  it("goes on when the workspace tab is closed, and the popup shows it", async () => {
    const folder = await stage.folder("closed", { "a.bin": bytes(2_000_000, 1), "b.bin": bytes(500, 2) });
    await stage.prepare(folder);
    const hold = signal();
    stage.gate.rule = (method) => (method === "PUT" ? hold.done : undefined);
    const first = await stage.openWorkspace();
    await first.drop([folder]);
    await until(() => stage.gate.seen.some((line) => line.startsWith("PUT")));
    // The page asks to stay open until it has handed over all files.
    await first.page.waitForFunction(
      () => !document.querySelector("#tab-advice")?.textContent?.includes("open"),
    );
    await first.page.close();

    const popup = await stage.browser.openPage("popup/popup.html");
    await popup.waitForSelector("#running:not([hidden])");
    await popup.close();

    const second = await stage.openWorkspace();
    await second.page.waitForSelector("body[data-state=running]");
    hold.fire();
    await second.page.waitForSelector("body[data-state=complete]");
    expect((await second.result()).objectsWritten).toBe(2);
    await second.page.close();
  });

  it.skipIf(isFirefox)("survives the end of the service worker, which Firefox has none of", async () => {
    const folder = await stage.folder("killed", { "a.txt": bytes(100, 3), "b.txt": bytes(100, 4) });
    await stage.prepare(folder);
    const hold = signal();
    stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
    const workspace = await stage.openWorkspace();
    await workspace.drop([folder]);
    await until(() => stage.gate.seen.length > 0);
    await stage.browser.stopBackground();
    hold.fire();
    await until(async () => ["complete", "failed"].includes(await workspace.state()));
    expect(await workspace.problems()).toEqual([]);
    expect((await workspace.result()).objectsWritten).toBe(2);
    await workspace.page.close();
  });

  it("ends without a manifest when the page goes away before all files are handed over", async () => {
    const before = await stage.manifests();
    const names = Array.from({ length: 20_000 }, (_, n) => [`f${n}`, `${n % 10}`]);
    const folder = await stage.folder("lost", Object.fromEntries(names));
    await stage.prepare(folder);
    const workspace = await stage.openWorkspace();
    await workspace.drop([folder]);
    await until(async () => (await workspace.state()) === "running");
    await workspace.page.close({ runBeforeUnload: false });
    const later = await stage.openWorkspace();
    await until(async () => (await later.state()) === "failed");
    expect((await later.problems())[0]?.code).toBe("intake-lost");
    expect(await stage.manifests()).toEqual(before);
    await later.page.close();
  });
});

describe("credentials", () => {
  it("are in no permanent storage and gone when the browser closes", async () => {
    const scene = await Scene.open();
    let { browser } = scene;
    try {
      const worker = await browser.background();
      const local = await worker.evaluate(async () => JSON.stringify(await chrome.storage.local.get()));
      expect(local).toContain(scene.store.bucket);
      expect(local).not.toContain(scene.store.secretKey);
      expect(local).not.toContain(scene.store.accessKey);

      browser = await browser.restart();
      const page = await browser.openPage("workspace/workspace.html");
      const status = await page.evaluate(() => chrome.runtime.sendMessage({ type: "status.get" }));
      expect(status.value.profile.bucket).toBe(scene.store.bucket);
      expect(status.value.credentials).toBeNull();
    } finally {
      await browser.close();
    }
  });
});

/** Who hears a secret: the background, and no other page of the extension. */

import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";

const SECRET = "a-secret-that-nobody-but-the-background-hears";
const TOKEN = "a-token-that-nobody-but-the-background-hears";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());

/** The engine host's page, opened by an upload and left open by its end. */
async function engineHost(): Promise<Page> {
  await scene.write({ "scene.ma": bytes(100, 77) });
  const workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  await workspace.page.close();
  return scene.browser.engineHost();
}

/** Writes down from now on everything that reaches the page by any road between contexts. */
async function overhear(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    chrome.runtime.onMessage.addListener((message) => {
      heard.push(JSON.stringify(message));
    });
    chrome.runtime.onConnect.addListener((port) => {
      heard.push(`connected: ${port.name}`);
      port.onMessage.addListener((message) => {
        heard.push(JSON.stringify(message));
      });
    });
    // Firefox has none for extensions.
    if (navigator.serviceWorker)
      navigator.serviceWorker.onmessage = ({ data }) => heard.push(JSON.stringify(data));
    new BroadcastChannel("uploads").onmessage = ({ data }) => heard.push(String(data?.type));
  });
}

const heardBy = (page: Page) => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);

it.skipIf(isFirefox)(
  "is heard by the background alone, which in Firefox is the only one that listens",
  async () => {
    const listeners = [
      await engineHost(),
      await scene.browser.openPage("workspace/workspace.html"),
      await scene.browser.openPage("popup/popup.html"),
      await scene.browser.openPage("options/options.html"),
    ];
    for (const page of listeners) await overhear(page);
    const options = await OptionsPage.open(scene.browser);
    const typed = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: SECRET, sessionToken: TOKEN };
    expect((await options.saveCredentials(typed)).state).toBe("saved");
    for (const page of listeners) {
      const heard = (await heardBy(page)).join("\n");
      // The page asks for the status afterwards, by the road that all hear: they did listen.
      expect(heard).toContain("status.get");
      expect(heard).not.toContain(SECRET);
      expect(heard).not.toContain(TOKEN);
    }
    await options.page.close();
  },
);

it("is taken from the options page alone", async () => {
  const page = await scene.browser.openPage("workspace/workspace.html");
  const answers = await page.evaluate(async () => {
    const credentials = {
      type: "credentials.set",
      accessKeyId: "ASIAINTRUDERINTRUDER",
      secretAccessKey: "intruder",
      sessionToken: "",
    };
    const { port1, port2 } = new MessageChannel();
    const alone = new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    // Firefox has no service worker, and so no road that the background alone hears.
    const worker = await navigator.serviceWorker?.ready;
    if (worker) worker.active?.postMessage(credentials, [port2]);
    else port2.postMessage(undefined);
    const uploadId = crypto.randomUUID();
    const order = { type: "request.sign", uploadId, method: "GET", key: "any", headers: {} };
    return [
      await alone,
      // Where nobody answers, a browser gives `undefined` or rejects.
      await chrome.runtime.sendMessage(credentials).catch(() => undefined),
      await chrome.runtime.sendMessage(order).catch(() => undefined),
    ].filter((answer) => answer !== undefined);
  });
  expect(answers).toEqual([]);
  const status = await page.evaluate(() => chrome.runtime.sendMessage({ type: "status.get" }));
  expect(status.value.credentials.accessKeyIdHint).not.toContain("UDER");
  await page.close();
});

it("wakes a background that was stopped", async () => {
  const options = await OptionsPage.open(scene.browser);
  await scene.browser.stopBackground();
  const typed = { accessKeyId: "ASIAAWAKENEDAWAKENED", secretAccessKey: SECRET, sessionToken: TOKEN };
  expect(await options.saveCredentials(typed)).toMatchObject({ state: "saved" });
  const held = await options.page.$eval("#held-text", (element) => element.textContent);
  expect(held).toContain("ASIA…ENED");
  await options.page.close();
});

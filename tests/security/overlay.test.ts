/** A hostile page and the page drop zone: it can neither read, nor fake, nor use what the extension lays over it. */

import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import { armedOverlay, Drag, frameIn, overlayIn, staysLong } from "../browser/page-drop.ts";
import { Site } from "../browser/site.ts";
import { bytes, Scene } from "../e2e/scene.ts";
import { PATIENCE_MS } from "../patience.ts";

let scene: Scene;
let site: Site;
let page: Page;
beforeAll(async () => {
  site = await Site.open("<title>Hostile</title><h1>Drop here</h1>");
  scene = await Scene.open(["http://localhost"]);
  await scene.write({ "a.bin": bytes(1000, 4001) });
  const ours = await scene.browser.openPage("popup/popup.html");
  await ours.evaluate(
    (address) => chrome.runtime.sendMessage({ type: "dropSites.enable", address }),
    site.origin,
  );
  await ours.close();
});
afterAll(async () => {
  await scene?.close();
  site?.close();
});
beforeEach(async () => {
  page = await scene.browser.newPage();
  await page.goto(site.origin);
  await page.bringToFront();
});
afterEach(() => page.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The address that our content script sees, should the page ever learn it. In Chromium it is another one in each session. */
async function sessionUrlOf(path: string): Promise<string> {
  const background = await scene.browser.background();
  return background.evaluate(async (wanted) => {
    const [tab] = await chrome.tabs.query({ url: "http://localhost/*", active: true });
    const [answer] = await chrome.scripting.executeScript({
      target: { tabId: tab?.id ?? 0 },
      args: [wanted],
      func: (below: string) => chrome.runtime.getURL(below),
    });
    return `${answer?.result}`;
  }, path);
}

/** The page frames an address of the extension, and waits until it has loaded, or will not. */
async function frameIt(address: string): Promise<void> {
  await page.evaluate(async (src) => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position: fixed; inset: 0; inline-size: 100%; block-size: 100%";
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    frame.src = src;
    document.body.append(frame);
    // Firefox tells nothing of what it refuses.
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 1500))]);
  }, address);
}

/** Whether the page has a frame in which this file of the extension runs. */
async function runsInFrame(path: string): Promise<boolean> {
  const frame = await frameIn(page, path);
  return frame !== undefined && /extension:$/.test(await frame.evaluate(() => location.protocol));
}

it.each([
  "workspace/workspace.html",
  "options/options.html",
  "popup/popup.html",
  "panel/panel.html",
  "offscreen/offscreen.html",
])("%s does not load in a frame of a web page", async (path) => {
  for (const address of [scene.browser.urlOf(path), await sessionUrlOf(path)]) {
    await frameIt(address);
    expect(await runsInFrame(path)).toBe(false);
  }
});

it("no page of the extension is open to web pages but the overlay", async () => {
  const background = await scene.browser.background();
  const open = await background.evaluate(() =>
    (chrome.runtime.getManifest() as chrome.runtime.ManifestV3).web_accessible_resources?.flatMap(
      ({ resources }) => resources,
    ),
  );
  // Firefox writes them with a slash in front.
  expect(open?.map((path) => path.replace(/^\//, ""))).toEqual(["content/overlay.html"]);
});

it.skipIf(isFirefox)(
  "the page cannot frame the overlay by the extension's id, which in Firefox is in no address",
  async () => {
    await frameIt(scene.browser.urlOf("content/overlay.html"));
    expect(await runsInFrame("content/overlay.html")).toBe(false);
  },
);

it("an overlay that the page frames itself shows nothing, and takes no drop", async () => {
  await frameIt(await sessionUrlOf("content/overlay.html"));
  await expect.poll(() => runsInFrame("content/overlay.html"), { timeout: PATIENCE_MS }).toBe(true);
  const frame = await overlayIn(page);
  if (!frame) throw new Error("There is no frame.");
  // The page does what our own script does, as far as it can.
  await page.evaluate(() => {
    const { port2 } = new MessageChannel();
    const [own] = document.querySelectorAll("iframe");
    own?.contentWindow?.postMessage({ token: crypto.randomUUID() }, "*", [port2]);
  });
  await pause(500);
  const state = () => frame.$eval("body", (body) => body.dataset.state);
  expect(await state()).toBe("unasked");
  expect(await frame.$eval("#zone", (zone) => zone.hasAttribute("hidden"))).toBe(true);
  const before = await scene.objects();
  const drag = await Drag.begin(page, [scene.folder]);
  await drag.letGo();
  await pause(1000);
  expect(await state()).toBe("unasked");
  expect(await scene.objects()).toEqual(before);
});

it("the page cannot make the overlay come", async () => {
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "x.txt"));
    for (const type of ["dragenter", "dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  });
  await pause(500);
  expect(await overlayIn(page)).toBeUndefined();
});

it("events that are made by a script drop nothing, even inside the frame", async () => {
  const before = await scene.objects();
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  await drag.over(frame);
  await staysLong(frame, drag);
  await frame.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "x.txt"));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
  await pause(300);
  expect(await frame.$eval("body", (body) => body.dataset.state)).toBe("over");
  expect(await scene.objects()).toEqual(before);
  await drag.cancel();
});

it("the page sees an empty element: no frame, no window, no address, no file, no message", async () => {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    window.addEventListener("message", () => heard.push("message"));
    for (const type of ["drop", "dragover"])
      window.addEventListener(
        type,
        (event) => heard.push(`${type} ${(event as DragEvent).dataTransfer?.files.length}`),
        true,
      );
    // Whoever patches this hopes to be given the root.
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      heard.push("attachShadow");
      return attach.call(this, { ...init, mode: "open" });
    };
  });
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  await drag.over(frame);
  // What came before the frame was there went to the page, as it does without us; a drag shows no content.
  await page.evaluate(() => {
    (globalThis as unknown as { heard: string[] }).heard.length = 0;
  });
  await drag.drop(frame);
  await frame.waitForSelector("body[data-state=taken]");
  const seen = await page.evaluate(() => {
    const host = document.querySelector("html > div");
    return {
      heard: (globalThis as unknown as { heard: string[] }).heard,
      children: host?.childNodes.length,
      root: host?.shadowRoot,
      frames: document.querySelectorAll("iframe").length,
      windows: window.length,
      addresses: performance.getEntries().filter(({ name }) => /^(chrome|moz)-extension:/.test(name)).length,
      runtime: typeof (globalThis as { chrome?: { runtime?: unknown } }).chrome?.runtime,
      zone: typeof (globalThis as { dropZone?: unknown }).dropZone,
    };
  });
  expect(seen).toEqual({
    heard: [],
    children: 0,
    root: null,
    frames: 0,
    windows: 0,
    addresses: 0,
    runtime: "undefined",
    zone: "undefined",
  });
});

it("a page-made element at the place of the overlay cannot pass for it: the background knows no token of a page", async () => {
  const ours = await scene.browser.openPage("popup/popup.html");
  const claims = await ours.evaluate(async () => {
    const token = crypto.randomUUID();
    // Only a content script may announce, and only the overlay may claim; other senders get no answer at all.
    const tries = [
      { type: "overlay.expect", token },
      { type: "overlay.claim", token },
    ];
    return Promise.all(tries.map((one) => chrome.runtime.sendMessage(one).catch(() => undefined)));
  });
  expect(claims.map((answer) => answer ?? null)).toEqual([null, null]);
  await ours.close();
});

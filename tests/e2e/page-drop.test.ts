/** Files dragged over somebody else's page go to the engine without passing through that page. */

import type { Frame, Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { askedBy, deny } from "../browser/deny.ts";
import { accessTo, isFirefox } from "../browser/extension-browser.ts";
import { armedOverlay, Drag, overlayIn, staysLong } from "../browser/page-drop.ts";
import { Site } from "../browser/site.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

let scene: Scene;
let site: Site;
let page: Page;
beforeAll(async () => {
  site = await Site.open("<title>Farm monitor</title><h1>Jobs</h1>");
  scene = await Scene.open(["http://localhost", "http://127.0.0.1"]);
});
afterAll(async () => {
  await scene?.close();
  site?.close();
});
beforeEach(async () => {
  page = await scene.browser.newPage();
  await page.goto(site.origin);
});
afterEach(() => page.close());

async function ask(message: object): Promise<unknown> {
  const ours = await scene.browser.openPage("popup/popup.html");
  const reply = await ours.evaluate((one) => chrome.runtime.sendMessage(one), message);
  await ours.close();
  await page.bringToFront();
  return reply.value;
}

const SITE = "http://localhost/*";
const enable = () => ask({ type: "dropSites.enable", address: `${site.origin}/jobs?x=1` });

async function uploadFromPage(seed: number): Promise<void> {
  await scene.clear();
  await scene.write({ "a.bin": bytes(100_000, seed), "deep/er/b.bin": bytes(30, seed + 1) });
  const before = await scene.objects();
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  await drag.drop(frame);
  await frame.waitForSelector("body[data-state=taken]");
  // The page is gone; the upload is not.
  await page.goto("about:blank");
  const workspace = await scene.workspace();
  await workspace.page.waitForSelector("body[data-state=complete]", { timeout: UPLOAD_LIMIT_MS });
  expect(await scene.judge(workspace, before, isFirefox ? "its files" : "the folder")).toEqual([]);
  await workspace.page.close();
}

it("is nowhere by default", async () => {
  const worker = await scene.browser.background();
  expect(await worker.evaluate(() => chrome.scripting.getRegisteredContentScripts())).toEqual([]);
  await scene.write({ "a.bin": "x" });
  await Drag.begin(page, [scene.folder]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await overlayIn(page)).toBeUndefined();
});

it("is switched on for one tab, shows itself once, and is switched off again", async () => {
  const toggle = async () => {
    const popup = await scene.browser.openPopup();
    await popup.waitForSelector("#page-drop-tab", { visible: true });
    await popup.click("#page-drop-tab");
    return popup;
  };
  await toggle();
  await armedOverlay(page);
  await until(async () => (await overlayIn(page)) === undefined);
  await armedOverlay(page, await Drag.begin(page, [scene.folder]));
  await until(async () => (await overlayIn(page)) === undefined);
  const popup = await toggle();
  const notice = await popup.waitForSelector("#notice:not(:empty)", { visible: true });
  expect(await notice?.evaluate((shown) => shown.textContent)).toBe("The drop zone is off in this tab.");
  await popup.close();
  await Drag.begin(page, [scene.folder]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await overlayIn(page)).toBeUndefined();
});

it("comes to a site when it is enabled, also to its open pages, and uploads what is dropped there", async () => {
  expect(await enable()).toEqual([SITE]);
  await uploadFromPage(5001);
});

it("uploads from a page opened later", async () => {
  await page.reload();
  await uploadFromPage(5011);
});

it.each([
  ["the drag is called off, or leaves the window", (drag: Drag) => drag.cancel()],
  ["Escape is pressed", () => page.keyboard.press("Escape")],
  ["nothing is heard of the drag any more", async () => undefined],
])("goes away when %s", async (_, end) => {
  const drag = await Drag.begin(page, [scene.folder]);
  await drag.over(await armedOverlay(page, drag));
  await end(drag);
  await until(async () => (await overlayIn(page)) === undefined);
  expect(await page.$$eval("body > *, html > div", (left) => left.map(({ tagName }) => tagName))).toEqual([
    "H1",
  ]);
  // And comes again. The browser may still find the frame that is gone under the pointer.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await armedOverlay(page, await Drag.begin(page, [scene.folder]));
});

it("does not stay as a sheet that nobody sees when the background does not answer", async () => {
  await enable();
  const worker = await scene.browser.background();
  const sheets = () => page.evaluate(() => document.querySelectorAll("[popover=manual]").length);
  const busy = worker.evaluate(() => {
    const end = Date.now() + 8000;
    while (Date.now() < end);
  });
  await Drag.begin(page, [scene.folder]);
  await until(async () => (await sheets()) === 1);
  const begun = Date.now();
  await until(async () => (await sheets()) === 0);
  expect(Date.now() - begun).toBeLessThan(6000);
  await busy;
});

it("does not come for text or links that are dragged over the page", async () => {
  await Drag.ofLink(page, "https://example.com/");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await overlayIn(page)).toBeUndefined();
});

it("says why nothing is uploaded, and opens the workspace", async () => {
  await ask({ type: "credentials.forget" });
  await page.bringToFront();
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  const shown = await frame.$eval("body", (body) => body.textContent);
  // Nothing about the account before something is dropped.
  expect(shown).not.toContain(scene.profile.name);
  expect(shown).not.toContain(scene.profile.bucket);
  await drag.drop(frame);
  await frame.waitForSelector("body[data-state=refused]");
  expect(await frame.$eval("#detail", (detail) => detail.textContent)).toContain("no credentials");
  expect(await wrongIn(page, frame)).toEqual([]);
  await frame.click("#open-workspace");
  await (await scene.browser.opened("workspace.html")).close();
  await until(async () => (await overlayIn(page)) === undefined);
  await scene.reconfigure({});
});

/** A drop whose files do not get through to the engine before somebody says so. */
async function stuckDrop(seed: number): Promise<Frame> {
  await scene.write({ "a.bin": bytes(40_000, seed) });
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  const hold = () => {
    const { postMessage } = BroadcastChannel.prototype;
    const held: (() => void)[] = [];
    BroadcastChannel.prototype.postMessage = function (message) {
      const post = () => postMessage.call(this, message);
      if (message.type === "intake.files") held.push(post);
      else post();
    };
    addEventListener("go-on", () => {
      for (const post of held) post();
    });
  };
  await drag.during(() => frame.evaluate(hold));
  await drag.drop(frame);
  await frame.waitForSelector("body[data-state=taking]");
  return frame;
}

it("does not end by Escape while it hands over what was dropped, and does not say so", async () => {
  const frame = await stuckDrop(5101);
  expect(await frame.$eval("#close", ({ textContent }) => textContent)).toBe("Cancel upload");
  expect(await frame.$eval("#escape", (hint) => hint.checkVisibility())).toBe(false);
  expect(await wrongIn(page, frame)).toEqual([]);
  // On the page, and in the frame.
  await page.keyboard.press("Escape");
  await frame.focus("#close");
  await page.keyboard.press("Escape");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await frame.$eval("body", ({ dataset }) => dataset.state)).toBe("taking");
  expect(await overlayIn(page)).toBeDefined();
  await frame.evaluate(() => dispatchEvent(new Event("go-on")));
  await frame.waitForSelector("body[data-state=taken]");
  expect(await frame.$eval("#close", ({ textContent }) => textContent)).toBe("Close");
  // Chromium does not always tell of a key that has taken away the frame it went to.
  void page.keyboard.press("Escape").catch(() => undefined);
  await until(async () => (await overlayIn(page)) === undefined);
  // The next drop is not refused for this one.
  const workspace = await scene.workspace();
  await workspace.page.waitForSelector("body[data-state=complete]");
  await workspace.page.close();
  await page.bringToFront();
});

it("cancels the upload, and does not merely leave it, while it hands over what was dropped", async () => {
  const frame = await stuckDrop(5102);
  await frame.click("#close");
  await until(async () => (await overlayIn(page)) === undefined);
  const workspace = await scene.workspace();
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  await workspace.page.close();
});

it("says that a preview is open in the workspace, and not that an upload runs", async () => {
  await scene.write({ "a.bin": "x" });
  const workspace = await scene.workspace();
  await workspace.lookAtPreviews();
  await workspace.drop([scene.folder]);
  await workspace.page.waitForSelector("body[data-state=preview]");
  await page.bringToFront();
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  await drag.drop(frame);
  await frame.waitForSelector("body[data-state=refused]");
  const said = await frame.$$eval("#detail p", (sentences) =>
    sentences.map(({ textContent }) => textContent),
  );
  expect(said).toEqual([
    "A preview of shot_010 is open in the workspace.",
    "Press Upload or Cancel there, then try again.",
  ]);
  await workspace.page.bringToFront();
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  await workspace.page.close();
});

it("is accessible while it waits for the drop", async () => {
  const drag = await Drag.begin(page, [scene.folder]);
  const frame = await armedOverlay(page, drag);
  await drag.over(frame);
  await staysLong(frame, drag);
  await drag.during(async () => expect(await wrongIn(page, frame)).toEqual([]));
  await drag.cancel();
});

it("is taken from a site on the options page, which lists all of them", async () => {
  const other = await Site.open("<title>Shots</title><h1>Shots</h1>", "127.0.0.1");
  const options = await scene.browser.openPage("options/options.html");
  const sites = () => options.$$eval("#drop-sites li", (lines) => lines.map((line) => line.textContent));
  await options.waitForSelector("#drop-sites li");
  expect(await sites()).toEqual(["http://localhostRemove"]);
  // News comes by itself, and leaves the focus where it is.
  const names = () =>
    options.$$eval("#drop-sites button", (buttons) => buttons.map((button) => button.ariaLabel));
  const focused = () => options.evaluate(() => document.activeElement?.ariaLabel);
  await options.focus("#drop-sites button");
  expect(await ask({ type: "dropSites.enable", address: other.origin })).toEqual([
    SITE,
    "http://127.0.0.1/*",
  ]);
  await options.waitForSelector("#drop-sites li:nth-child(2)");
  expect(await names()).toEqual(["Remove http://localhost", "Remove http://127.0.0.1"]);
  expect(await focused()).toBe("Remove http://localhost");
  await page.goto(other.origin);
  await armedOverlay(page, await Drag.begin(page, [scene.folder]));
  await options.bringToFront();
  expect(await wrongIn(options)).toEqual([]);
  await options.focus("#drop-sites li:nth-child(2) button");
  await options.keyboard.press("Enter");
  await options.waitForSelector("#drop-sites-message[data-state=saved]");
  expect(await options.$eval("#drop-sites-message", (message) => message.textContent)).toContain(
    "no longer comes up on http://127.0.0.1",
  );
  expect(await sites()).toEqual(["http://localhostRemove"]);
  expect(await focused()).toBe("Remove http://localhost");
  await options.close();
  // Neither in the tab that was open nor in the same opened anew.
  await page.bringToFront();
  for (const turn of ["open", "opened anew"]) {
    if (turn === "opened anew") await page.reload();
    await until(async () => (await overlayIn(page)) === undefined);
    await Drag.begin(page, [scene.folder]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await overlayIn(page), turn).toBeUndefined();
  }
  other.close();
});

it("is taken from the site by the popup, and the access with it; and asked for by the popup", async () => {
  const popup = await scene.browser.openPopup();
  await popup.waitForSelector("#page-drop-site:not([hidden])");
  expect(await popup.$eval("#page-drop-site", (button) => button.textContent)).toBe("Turn off on localhost");
  await deny(popup);
  await popup.click("#page-drop-site");
  await popup.waitForFunction(() =>
    document.querySelector("#page-drop-site")?.textContent?.startsWith("Always"),
  );
  const worker = await scene.browser.background();
  expect(await worker.evaluate(() => chrome.scripting.getRegisteredContentScripts())).toEqual([]);
  const { origins } = await worker.evaluate(() => chrome.permissions.getAll());
  // The store lies on the other site, which is needed for its sake.
  expect(new Set(origins)).toEqual(new Set(["http://127.0.0.1/*", accessTo(scene.store.endpoint)]));
  await popup.click("#page-drop-site");
  expect(await askedBy(popup)).toEqual([{ origins: [SITE] }]);
  expect(await popup.$eval("#page-drop-site", (button) => button.textContent)).toBe("Always on localhost");
  expect(await worker.evaluate(() => chrome.scripting.getRegisteredContentScripts())).toEqual([]);
  await popup.close();
  // Nor in the tab that was open all the time.
  await page.bringToFront();
  await Drag.begin(page, [scene.folder]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await overlayIn(page)).toBeUndefined();
  const options = await scene.browser.openPage("options/options.html");
  await options.waitForSelector("#no-drop-sites:not([hidden])");
  expect(await options.$("#drop-sites:not([hidden])")).toBeNull();
  await options.close();
});

/** Keyboard commands, over somebody else's page. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import { FirefoxExtension } from "../browser/firefox-extension.ts";
import { armedOverlay, overlayIn } from "../browser/page-drop.ts";
import { Site } from "../browser/site.ts";
import { Scene } from "./scene.ts";
import { until } from "./stage.ts";

let site: Site;
let scene: Scene;
let page: Page;
beforeAll(async () => {
  site = await Site.open("<title>Farm monitor</title><h1>Jobs</h1>");
  scene = await Scene.open();
  page = await scene.browser.newPage();
  await page.goto(site.origin);
});
afterAll(async () => {
  await scene?.close();
  site?.close();
});

it("the browser gives a key to each of them", async () => {
  const background = await scene.browser.background();
  const commands = await background.evaluate(() => chrome.commands.getAll());
  expect(commands.map(({ name }) => name).sort()).toEqual([
    "_execute_action",
    "open-panel",
    "open-workspace",
    "toggle-page-drop",
  ]);
  // What is a shortcut of the browser's own, an extension does not get.
  expect(commands.filter(({ shortcut }) => shortcut === "")).toEqual([]);
});

/** Chromium's driver gives keys to the page alone: there the browser hears of none. */
const inFirefox = it.skipIf(!isFirefox);

function firefox(): FirefoxExtension {
  const any: unknown = scene.browser;
  if (any instanceof FirefoxExtension) return any;
  throw new Error("This part of a test is about Firefox.");
}

async function press(key: string): Promise<void> {
  await page.bringToFront();
  await firefox().pressShortcut(key);
}

inFirefox("Alt+Shift+O opens the workspace, and finds it again", async () => {
  await press("o");
  const workspace = await scene.browser.opened("workspace.html");
  await press("o");
  const background = await scene.browser.background();
  // The web page was in front when the keys were pressed.
  const inFront = () =>
    background.evaluate(() => chrome.tabs.query({ active: true, url: chrome.runtime.getURL("workspace/*") }));
  await until(async () => (await inFront()).length === 1);
  await workspace.close();
  const left = await background.evaluate(() =>
    chrome.tabs.query({ url: chrome.runtime.getURL("workspace/*") }),
  );
  expect(left).toEqual([]);
});

inFirefox("Alt+Shift+L opens the sidebar", async () => {
  await press("l");
  const panel = await scene.browser.openedPanel();
  await panel.waitForSelector("body:not([data-state=loading])");
  await panel.close();
});

inFirefox("Alt+Shift+U opens the popup", async () => {
  await press("u");
  const popup = await firefox().openedPopup();
  await popup.close();
});

inFirefox("Alt+Shift+D lays the drop zone over the page, and takes it away for good", async () => {
  await press("d");
  await armedOverlay(page);
  await until(async () => (await overlayIn(page)) === undefined);
  await press("d");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await overlayIn(page)).toBeUndefined();
});

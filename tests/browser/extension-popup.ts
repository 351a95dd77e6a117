/** The real popup of the toolbar button, which a browser closes whenever the focus moves. */
import type { Page } from "puppeteer-core";
import type { ExtensionBrowser } from "./chromium.ts";

/** Opens it over the tab that is in front. */
export async function openPopup(browser: ExtensionBrowser): Promise<Page> {
  const known = new Set(browser.browser.targets());
  const worker = await browser.serviceWorker();
  await worker.evaluate(() => chrome.action.openPopup());
  const target = await browser.browser.waitForTarget(
    (one) => one.url().endsWith("popup/popup.html") && !known.has(one),
  );
  const popup = await target.asPage();
  await popup.waitForSelector("body:not([data-state=loading])");
  return popup;
}

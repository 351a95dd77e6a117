/**
 * A person who says no when the browser asks for a permission.
 */
import type { Page } from "puppeteer-core";

/** Answers for the person, whom headless Chromium cannot ask, with no; and writes down what was asked for. */
export async function deny(page: Page): Promise<void> {
  await page.evaluate(() => {
    const asked: chrome.permissions.Permissions[] = [];
    Object.assign(globalThis, { asked });
    const { browser = chrome } = globalThis as { browser?: typeof chrome };
    // A method, because the page lacks the helper that the compiler wraps named functions in.
    Object.assign(browser.permissions, {
      async request(permissions: chrome.permissions.Permissions, answer?: (granted: boolean) => void) {
        asked.push(permissions);
        // The polyfill still gives a callback where the browser has no `browser` of its own.
        answer?.(false);
        return false;
      },
    });
  });
}

/** What {@link deny} has been asked for on this page, in order. */
export const askedBy = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { asked: unknown }).asked);

import type { Page } from "puppeteer-core";
import type { AnyExtensionBrowser } from "./extension-browser.ts";

/**
 * Keeps readable what was dropped for the uploads that are under way, by a page of the extension that holds their handles:
 * Chromium forgets what a drop has granted as soon as no document holds the handle, and would then ask the person, for whom
 * nobody answers in headless Chromium. To be closed when another page holds them.
 */
export async function keepGranted(browser: AnyExtensionBrowser): Promise<Page> {
  const page = await browser.openPage("options/options.html");
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("deadline-attachments");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const rows = opening.result.transaction("unfinished").objectStore("unfinished").getAll();
          rows.onerror = () => reject(rows.error);
          rows.onsuccess = () => {
            Object.assign(globalThis, { held: rows.result });
            opening.result.close();
            resolve();
          };
        };
      }),
  );
  return page;
}

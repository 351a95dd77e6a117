/** The page drop zone in one tab, without the site being enabled for good. */
import { browser } from "./browser.ts";
import { patternFor } from "./site-pattern.ts";

/** Where the build puts the content script. */
export const PAGE_DROP_SCRIPT = "content/drop-overlay.js";
/** Under which name the background keeps the sites in `storage.local`. */
export const DROP_SITES_KEY = "dropSites";

/** Whether it can be on a page of this address; also where nobody knows the address. */
export function mayHavePageDrop(address = ""): boolean {
  return address === "" || Boolean(patternFor(address));
}

/**
 * Switches the page drop zone of a tab on or off. Needs access to the tab, which a browser gives for a press of the toolbar
 * button or a keyboard command. Resolves to whether it is on now; rejects on pages where no extension may work.
 */
export async function togglePageDrop(tabId: number): Promise<boolean> {
  const target = { tabId };
  const [stopped] = await browser.scripting.executeScript({
    target,
    func: () => {
      const zone = globalThis.dropZone;
      zone?.stop();
      return zone !== undefined;
    },
  });
  if (stopped?.result) return false;
  // From the root: Firefox would look for it beside the page that asks.
  await browser.scripting.executeScript({ target, files: [`/${PAGE_DROP_SCRIPT}`] });
  await browser.scripting.executeScript({ target, func: () => globalThis.dropZone?.show() });
  return true;
}

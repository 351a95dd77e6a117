/** The context menu of web pages. */
import { type AnyExtensionBrowser, chromiumOf } from "./extension-browser.ts";
import { FirefoxExtension } from "./firefox-extension.ts";

/**
 * Chooses an item of ours: the event that the browser sends to the background for a real choice. The menu itself is the
 * system's, and headless Chromium has none.
 */
export async function chooseFromMenu(browser: AnyExtensionBrowser, id: string, click: object): Promise<void> {
  const info = { menuItemId: id, editable: false, ...click };
  const any: unknown = browser;
  if (any instanceof FirefoxExtension) return any.chooseFromMenu(info);
  await (await chromiumOf(browser).serviceWorker()).evaluate(async (chosen) => {
    const [tab] = await chrome.tabs.query({ active: true });
    const event = chrome.contextMenus.onClicked as unknown as {
      dispatch(info: object, tab: object | undefined): void;
    };
    event.dispatch(chosen, tab);
  }, info);
}

/**
 * Decides whether a message is taken from this sender: a sender is judged by extension id and address, never by
 * having a tab.
 */
import { browser, OFFSCREEN_PATH, pageUrl } from "./browser.ts";
import { SAME_PAGE, type Sender } from "./message-road.ts";

const BACKGROUND_PATH = "background/background.js";
/** Firefox makes the event page's document itself. */
const EVENT_PAGE_PATH = "_generated_background_page.html";
const OVERLAY_PATH = "content/overlay.html";

/**
 * Whether this extension sent it: any page, the options page, the overlay frame, the engine host, the background, or our
 * content script in a web page.
 */
export function isFrom(
  kind: "page" | "options" | "overlay" | "host" | "background" | "content",
  sender: Sender,
): boolean {
  if (sender === SAME_PAGE) return kind === "host" || kind === "page" || kind === "background";
  if (sender.id !== browser.runtime.id) return false;
  // Chrome names the script of a service worker; some versions name nothing at all.
  if (sender.url === undefined) return kind === "background";
  const path = pathOfOurs(sender.url);
  if (kind === "content") return /^https?:/.test(sender.url);
  if (kind === "overlay") return path === OVERLAY_PATH;
  if (kind === "background") return path === BACKGROUND_PATH || path === EVENT_PAGE_PATH;
  if (kind === "options") return path === "options/options.html";
  if (kind === "host") return path === OFFSCREEN_PATH;
  return path !== undefined && path !== BACKGROUND_PATH && path !== EVENT_PAGE_PATH;
}

/** Path below our root without query and fragment; nothing for any other address. */
function pathOfOurs(url: string): string | undefined {
  const root = pageUrl("");
  return url.startsWith(root) ? url.slice(root.length).replace(/[?#].*$/, "") : undefined;
}

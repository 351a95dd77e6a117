/**
 * The one place that knows which browser runs and how to reach its extension APIs.
 *
 * Everything else imports `browser` from here. What `webextension-polyfill` does not cover
 * (the offscreen document) is reached through the small functions below.
 */
import browser from "webextension-polyfill";

export { browser };

/** Where the build puts the WASM module, below the extension's root. */
export const WASM_PATH = "rusty_attachments_wasm_bg.wasm";
/** Where the build puts the hash worker's script. */
export const HASH_WORKER_PATH = "hash-worker.js";
/** The engine host's page in Chrome. */
export const OFFSCREEN_PATH = "offscreen/offscreen.html";

/** Address of a page of this extension, for example `chrome-extension://<id>/workspace/workspace.html`. */
export function pageUrl(path: string): string {
  return browser.runtime.getURL(path);
}

/**
 * Shows the workspace: the tab that is already open, else a new one. `wish` goes behind the address, as its fragment.
 * An extension page can see its own tabs by context without holding the `tabs` permission.
 */
export async function showWorkspace(wish?: string): Promise<void> {
  const url = pageUrl("workspace/workspace.html");
  const wanted = wish === undefined ? url : `${url}#${wish}`;
  const [open] = await browser.runtime.getContexts({ contextTypes: ["TAB"], documentUrls: [url] });
  if (open === undefined) {
    await browser.tabs.create({ url: wanted });
    return;
  }
  // Another fragment alone loads nothing anew.
  await browser.tabs.update(open.tabId, { active: true, ...(wish !== undefined && { url: wanted }) });
  await browser.windows.update(open.windowId, { focused: true });
}

/** Opens a workspace if there is none, without moving the focus: the popup from which this is called stays open. */
export async function openWorkspaceBehind(): Promise<void> {
  const url = pageUrl("workspace/workspace.html");
  const [open] = await browser.runtime.getContexts({ contextTypes: ["TAB"], documentUrls: [url] });
  if (open === undefined) await browser.tabs.create({ url, active: false });
}

/** Opens the panel beside the pages of a window. Must be called straight out of a click or a keyboard command. */
export async function openPanel(windowId: number): Promise<void> {
  if ("sidePanel" in chrome) await chrome.sidePanel.open({ windowId });
  else await browser.sidebarAction.open();
}

/**
 * Closes extension storage to content scripts, where the browser can do it (Firefox has no such call, and
 * keeps `storage.session` from them anyway).
 */
export async function closeStorageToContentScripts(): Promise<void> {
  const areas = [browser.storage.local, browser.storage.session] as Partial<chrome.storage.StorageArea>[];
  for (const area of areas) await area.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
}

/** How long the background may take to answer one {@link tellVault}, in milliseconds. */
const VAULT_ANSWER_LIMIT = 10_000;

/**
 * Sends a message that only the background hears, and gives its answer. What goes by `runtime.sendMessage` or
 * `runtime.connect` is offered to every open page of the extension, the engine host included.
 */
export async function tellVault(message: unknown): Promise<unknown> {
  const { active } = await navigator.serviceWorker.ready;
  const { port1: ours, port2: theirs } = new MessageChannel();
  try {
    return await new Promise((resolve, reject) => {
      ours.onmessage = ({ data }) => resolve(data);
      // A service worker that ends before it has answered does not close the port.
      AbortSignal.timeout(VAULT_ANSWER_LIMIT).onabort = () => reject(new Error("no answer"));
      active?.postMessage(message, [theirs]);
    });
  } finally {
    ours.close();
  }
}

/**
 * Answers what comes by {@link tellVault}; must be called while the background's script runs for the first time.
 * `answer` gives nothing for a message that it does not take.
 */
export function listenAsVault(
  answer: (message: unknown, sender: { id: string; url?: string }) => Promise<unknown> | undefined,
): void {
  self.addEventListener("message", (event: Event) => {
    const posted = event as ExtendableMessageEvent;
    if (posted.source === null) return;
    // Only contexts of the worker's own origin, which is this extension, can post to a service worker.
    const sender = { id: browser.runtime.id, ...("url" in posted.source && { url: posted.source.url }) };
    const answering = Promise.resolve(answer(posted.data, sender));
    posted.waitUntil(answering.then((reply) => posted.ports[0]?.postMessage(reply)));
  });
}

/** Whether the engine host's page is open. */
export async function isOffscreenOpen(): Promise<boolean> {
  return chrome.offscreen.hasDocument();
}

/** Opens the engine host's page; resolves when its script has run. */
export async function openOffscreen(): Promise<void> {
  await chrome.offscreen.createDocument({
    url: OFFSCREEN_PATH,
    reasons: ["WORKERS", "BLOBS"],
    justification: "Hashes and uploads the files that were dropped, also after the tab was closed.",
  });
}

/** A notification: plain text, and one button where the browser has buttons. */
export interface Notice {
  title: string;
  message: string;
  button?: string;
}

/** Shows a notification, in place of the one with the same id. */
export async function notify(id: string, { title, message, button }: Notice): Promise<void> {
  const shown = { type: "basic" as const, iconUrl: pageUrl("icons/128.png"), title, message };
  // Firefox refuses a notification with buttons as a whole.
  const buttons = button !== undefined && hasNotificationButtons() && { buttons: [{ title: button }] };
  await browser.notifications.create(id, { ...shown, ...buttons });
}

/** Calls the listener with the id of the notification whose button was pressed. */
export function onNotificationButton(listener: (id: string) => void): void {
  if (hasNotificationButtons()) chrome.notifications.onButtonClicked.addListener(listener);
}

/** Only browsers with buttons have this function too. */
function hasNotificationButtons(): boolean {
  return "getPermissionLevel" in chrome.notifications;
}

/**
 * The one place that knows which browser runs and how to reach its extension APIs.
 *
 * Everything else imports `browser` from here. What `webextension-polyfill` does not cover
 * (the offscreen document) is reached through the small functions below.
 */
import browser from "webextension-polyfill";
import type { Listener } from "./message-road.ts";
import { type OptionsWish, writeWish } from "./options-wish.ts";

export { browser };

/** Which browser this build is for; set by `extension/build.mjs`. */
declare const BUILT_FOR: "chrome" | "firefox";

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
 */
export function showWorkspace(wish?: string): Promise<void> {
  return showPage("workspace/workspace.html", wish);
}

/** Shows the options, and has them do what is wanted. */
export function showOptions(wish: OptionsWish): Promise<void> {
  return showPage("options/options.html", writeWish(wish));
}

async function showPage(path: string, wish: string | undefined): Promise<void> {
  const url = pageUrl(path);
  const wanted = wish === undefined ? url : `${url}#${wish}`;
  const open = await openTab(url);
  if (open === undefined) {
    await browser.tabs.create({ url: wanted });
    return;
  }
  // Another fragment alone loads nothing anew.
  await browser.tabs.update(open.tabId, { active: true, ...(wish !== undefined && { url: wanted }) });
  await browser.windows.update(open.windowId, { focused: true });
}

/** The tab that shows this page of ours. A page can see its own tabs without holding the `tabs` permission. */
async function openTab(url: string): Promise<{ tabId: number; windowId: number } | undefined> {
  if (BUILT_FOR === "chrome") {
    const [context] = await browser.runtime.getContexts({ contextTypes: ["TAB"], documentUrls: [url] });
    return context;
  }
  // Firefox 153 has no `getContexts`, but gives the windows themselves.
  const view = browser.extension
    .getViews({ type: "tab" })
    .find(({ location }) => location.href.replace(/#.*/, "") === url);
  const tab = await (view as { browser?: typeof browser } | undefined)?.browser?.tabs.getCurrent();
  return tab?.id === undefined || tab.windowId === undefined
    ? undefined
    : { tabId: tab.id, windowId: tab.windowId };
}

/** Opens a workspace if there is none, without moving the focus: the popup from which this is called stays open. */
export async function openWorkspaceBehind(): Promise<void> {
  const url = pageUrl("workspace/workspace.html");
  if ((await openTab(url)) === undefined) await browser.tabs.create({ url, active: false });
}

/** Opens the panel beside the pages of a window. Must be called straight out of a click or a keyboard command. */
export async function openPanel(windowId: number): Promise<void> {
  if (BUILT_FOR === "chrome") await chrome.sidePanel.open({ windowId });
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
  // Firefox: nobody but the event page listens for messages.
  if (BUILT_FOR === "firefox") return browser.runtime.sendMessage(message);
  const { active } = await navigator.serviceWorker.ready;
  const { port1: ours, port2: theirs } = new MessageChannel();
  let limit: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      ours.onmessage = ({ data }) => resolve(data);
      // A service worker that ends before it has answered does not close the port.
      limit = setTimeout(() => reject(new Error("no answer")), VAULT_ANSWER_LIMIT);
      active?.postMessage(message, [theirs]);
    });
  } finally {
    ours.close();
    // As long as it runs, the secrets in the message stay in memory.
    clearTimeout(limit);
  }
}

/**
 * Answers what comes by {@link tellVault}; must be called while the background's script runs for the first time.
 * `answer` gives nothing for a message that it does not take.
 */
export function listenAsVault(answer: Listener): void {
  if (BUILT_FOR === "firefox") {
    browser.runtime.onMessage.addListener(answer);
    return;
  }
  self.addEventListener("message", (event: Event) => {
    const posted = event as ExtendableMessageEvent;
    if (posted.source === null) return;
    // Only contexts of the worker's own origin, which is this extension, can post to a service worker.
    const sender = { id: browser.runtime.id, ...("url" in posted.source && { url: posted.source.url }) };
    const answering = Promise.resolve(answer(posted.data, sender));
    posted.waitUntil(answering.then((reply) => posted.ports[0]?.postMessage(reply)));
  });
}

/**
 * Holds a Web Lock while the work goes on. Firefox keeps the locks of a frame in a web page apart from those of the
 * extension's own pages: for such a frame the event page holds it, until the frame is done or gone.
 */
export async function holdLock(name: string, work: () => Promise<void>): Promise<void> {
  if (BUILT_FOR === "chrome" || self === self.top) {
    await navigator.locks.request(name, work);
    return;
  }
  const port = browser.runtime.connect({ name });
  try {
    await new Promise<void>((resolve, reject) => {
      port.onMessage.addListener(() => resolve());
      port.onDisconnect.addListener(() => reject(new Error("The event page is gone.")));
    });
    await work();
  } finally {
    port.disconnect();
  }
}

/** Asks the person for access to these hosts (match patterns); must be called straight out of a click. */
export function requestHosts(patterns: readonly string[]): Promise<boolean> {
  return browser.permissions.request({ origins: asTheBrowserKnows(patterns) });
}

/** Whether the browser lets the extension reach all of these hosts. */
export function mayReach(patterns: readonly string[]): Promise<boolean> {
  return browser.permissions.contains({ origins: asTheBrowserKnows(patterns) });
}

/** Gives access to these hosts back, except to those that are still needed. */
export async function giveBackHosts(patterns: readonly string[], needed: readonly string[]): Promise<void> {
  const kept = asTheBrowserKnows(needed);
  const origins = asTheBrowserKnows(patterns).filter((pattern) => !kept.includes(pattern));
  if (origins.length > 0) await browser.permissions.remove({ origins });
}

/** Calls the listener after access to hosts was granted or has gone, also by the browser's own settings. */
export function onHostsChanged(listener: () => void): void {
  browser.permissions.onAdded.addListener(listener);
  browser.permissions.onRemoved.addListener(listener);
}

/** Firefox's match patterns know no ports. */
function asTheBrowserKnows(patterns: readonly string[]): string[] {
  if (BUILT_FOR === "chrome") return [...patterns];
  return [...new Set(patterns.map((pattern) => pattern.replace(/:\d+\/\*$/, "/*")))];
}

/** Whether a name on disk that is not valid text comes as another one: Chrome gives none at all for it. */
export function losesNames(): boolean {
  return BUILT_FOR === "firefox";
}

/** Whether the engine host's page is open. In Firefox that is the event page, which hears whoever asks. */
export async function isHostOpen(): Promise<boolean> {
  return BUILT_FOR === "firefox" || chrome.offscreen.hasDocument();
}

/** Whether an engine host has outlived the background that opened it. In Firefox both are one page. */
export async function isHostLeft(): Promise<boolean> {
  return BUILT_FOR === "chrome" && (await chrome.offscreen.hasDocument());
}

/** Opens the engine host's page, where that is not the background itself; resolves when its script has run. */
export async function openHostPage(): Promise<void> {
  if (BUILT_FOR === "firefox") return;
  await chrome.offscreen.createDocument({
    url: OFFSCREEN_PATH,
    reasons: ["WORKERS", "BLOBS"],
    justification: "Hashes and uploads the files that were dropped, also after the tab was closed.",
  });
}

/** Name of the alarm that keeps an event page awake. */
const AWAKE = "awake";
/** Firefox stops an event page that has had no event for 30 s (`extensions.background.idle.timeout`). */
const AWAKE_MINUTES = 0.25;
/** How much there is that the event page has to stay awake for. */
let reasonsToStayAwake = 0;

/**
 * Keeps the event page awake until the promise settles, also while every page of the extension is closed: requests that
 * are on their way do not count as being busy, events do.
 */
export async function keepAwake(until: Promise<unknown>): Promise<void> {
  reasonsToStayAwake += 1;
  browser.alarms.create(AWAKE, { periodInMinutes: AWAKE_MINUTES });
  await until;
  reasonsToStayAwake -= 1;
  if (reasonsToStayAwake === 0) await browser.alarms.clear(AWAKE);
}

/** Lets the alarm of {@link keepAwake} be an event; must be called while the event page's script runs for the first time. */
export function listenToAwake(): void {
  browser.alarms.onAlarm.addListener(async ({ name }) => {
    // An event page that was killed leaves its alarm behind.
    if (name === AWAKE && reasonsToStayAwake === 0) await browser.alarms.clear(AWAKE);
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
  const buttons = BUILT_FOR === "chrome" && button !== undefined && { buttons: [{ title: button }] };
  await browser.notifications.create(id, { ...shown, ...buttons });
}

/** Whether notifications have buttons here. */
export const NOTICES_HAVE_BUTTONS = BUILT_FOR === "chrome";

/** Calls the listener with the id of the notification whose button was pressed. */
export function onNotificationButton(listener: (id: string) => void): void {
  if (BUILT_FOR === "chrome") chrome.notifications.onButtonClicked.addListener(listener);
}

/**
 * The browser that the end-to-end tests run in: Chromium, or with `TEST_BROWSER=firefox` Firefox. What a test may use of
 * either is what both have.
 */
import type { Page, WebWorker } from "puppeteer-core";
import { type ChromiumOptions, ExtensionBrowser } from "./chromium.ts";
import { FirefoxExtension } from "./firefox-extension.ts";

/** Which browser the tests run in. */
export const isFirefox = process.env.TEST_BROWSER === "firefox";

/** Something of the extension's that functions can be run in. What goes in and comes out is plain JSON. */
export type Background = Pick<WebWorker, "evaluate">;

/** A browser with our extension in it. */
export interface AnyExtensionBrowser {
  /** Address of a file of the extension, for example `options/options.html`. */
  urlOf(path: string): string;
  /** Opens a page of the extension in a new tab. */
  openPage(path: string): Promise<Page>;
  /** Opens an empty tab. */
  newPage(): Promise<Page>;
  /** Waits for a tab that something else opens, whose address holds `part`. */
  opened(part: string): Promise<Page>;
  /** Opens the popup of the toolbar button over the tab that is in front: the real one, which closes with the focus. */
  openPopup(): Promise<Page>;
  /** Waits for the side panel, or the sidebar, that something else opens. */
  openedPanel(): Promise<Page>;
  /** The service worker, or the event page; started if it doesn't run. */
  background(): Promise<Background>;
  /** The page in which the engine host lives, once there is one: the offscreen document, or the event page. */
  engineHost(): Promise<Page>;
  /** Stops the background as the browser does with one that looks idle. */
  stopBackground(): Promise<void>;
  /** Ends the engine host in the middle of what it does. */
  loseHost(): Promise<void>;
  /** From now on what a page downloads comes into this folder, without a question. */
  saveDownloadsTo(folder: string): Promise<void>;
  /** Ends the browser and starts it again with the same profile; this object is then of no more use. */
  restart(): Promise<AnyExtensionBrowser>;
  /** Like {@link restart}, but all of the browser's processes are killed at once: none gets to do a last thing. */
  crash(): Promise<AnyExtensionBrowser>;
  /** Ends the browser and removes its profile, after `look` has had a look at what is left in its folder. */
  close(look?: (profile: string) => Promise<void>): Promise<void>;
}

/** Starts it. In Firefox every access that a click asks for is granted. */
export async function startExtension(options: ChromiumOptions): Promise<AnyExtensionBrowser> {
  // Of puppeteer's page, Firefox's has what the tests use.
  if (isFirefox) return (await FirefoxExtension.start(options)) as unknown as AnyExtensionBrowser;
  return ExtensionBrowser.start(options);
}

/** The match pattern by which the browser knows access to this origin: Firefox's know no ports. */
export function accessTo(address: string): string {
  const { origin, protocol, hostname } = new URL(address);
  return isFirefox ? `${protocol}//${hostname}/*` : `${origin}/*`;
}

/** Chromium, for what only Chromium has; throws in Firefox. */
export function chromiumOf(browser: AnyExtensionBrowser): ExtensionBrowser {
  if (browser instanceof ExtensionBrowser) return browser;
  throw new Error("This part of a test is about Chromium: it should not run in Firefox.");
}

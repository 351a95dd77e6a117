/**
 * The browser that the end-to-end tests run in: Chromium, or with `TEST_BROWSER=firefox` Firefox. What a test may use of
 * either is what both have.
 */
import type { Page } from "puppeteer-core";
import { type ChromiumOptions, ExtensionBrowser } from "./chromium.ts";
import { FirefoxExtension } from "./firefox-extension.ts";

/** Which browser the tests run in. */
export const isFirefox = process.env.TEST_BROWSER === "firefox";

/** A browser with our extension in it. */
export interface AnyExtensionBrowser {
  /** Opens a page of the extension, for example `options/options.html`, in a new tab. */
  openPage(path: string): Promise<Page>;
  /** Stops the background as the browser does with one that looks idle. */
  stopBackground(): Promise<void>;
  /** Ends the engine host in the middle of what it does. */
  loseHost(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it. In Firefox every access that a click asks for is granted. */
export async function startExtension(options: ChromiumOptions): Promise<AnyExtensionBrowser> {
  // Of puppeteer's page, Firefox's has what the tests use.
  if (isFirefox) return (await FirefoxExtension.start(options)) as unknown as AnyExtensionBrowser;
  return ExtensionBrowser.start(options);
}

/** Chromium, for what only Chromium has; throws in Firefox. */
export function chromiumOf(browser: AnyExtensionBrowser): ExtensionBrowser {
  if (browser instanceof ExtensionBrowser) return browser;
  throw new Error("This part of a test is about Chromium: it should not run in Firefox.");
}

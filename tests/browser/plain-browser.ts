/** Ordinary web pages, the same in every browser that the tests use. */
import { launchChromium } from "./chromium-pages.ts";
import { Firefox } from "./firefox.ts";

/** A browser without an extension, headless, with a profile that is gone when it closes. */
export interface PlainBrowser {
  /** Opens a new tab. */
  newPage(): Promise<PlainPage>;
  close(): Promise<void>;
}

/** A tab. Of one browser's tabs only one may be asked at a time: Firefox answers in turn. */
export interface PlainPage {
  goto(url: string): Promise<void>;
  /** Runs a function in the page and waits for what it promises. What goes in and comes out is plain JSON. */
  evaluate<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>>;
  /** Waits until this expression holds in the page, 15 s if not told otherwise. */
  waitFor(expression: string, limitMs?: number): Promise<void>;
  type(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  /** Has a person choose these files in an `<input type=file>`. */
  chooseFiles(selector: string, paths: string[]): Promise<void>;
  /** Likewise a folder in an `<input type=file webkitdirectory>`. */
  chooseFolder(selector: string, path: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a browser. */
export const browsers = {
  Chromium: (): Promise<PlainBrowser> => launchChromium(),
  Firefox: (): Promise<PlainBrowser> => Firefox.start(),
};

export type BrowserName = keyof typeof browsers;

/** All of them. */
export const browserNames = Object.keys(browsers) as BrowserName[];

/**
 * Firefox, headless, in a profile of its own that is thrown away at the end: ordinary pages, temporary add-ons
 * and their pages.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Builder, By } from "selenium-webdriver";
import firefox from "selenium-webdriver/firefox.js";
import type { PlainBrowser, PlainPage } from "./plain-browser.ts";
import { browserEnvironment, killTree, remove } from "./processes.ts";

const FIREFOX = "/usr/bin/firefox-esr";
/** `cargo xtask` installs it. */
const GECKODRIVER = resolve(import.meta.dirname, "../../target/tools/bin/geckodriver");
const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 10_000;
/** The longest that one script in a page may take; what is being tested has limits of its own. */
const SCRIPT_LIMIT_MS = 600_000;

/** A running Firefox. */
export class Firefox implements PlainBrowser {
  /** For what has no method here. */
  readonly driver: firefox.Driver;
  readonly #pid: number;
  /** All that it writes until it ends is below this folder. */
  readonly folder: string;

  private constructor(driver: firefox.Driver, pid: number, folder: string) {
    this.driver = driver;
    this.#pid = pid;
    this.folder = folder;
  }

  static async start(): Promise<Firefox> {
    const folder = await mkdtemp(join(tmpdir(), "firefox-"));
    const options = new firefox.Options()
      .setBinary(FIREFOX)
      .addArguments("-headless")
      // What a click of an extension asks for is granted, without the question that nobody would answer.
      .setPreference("extensions.webextOptionalPermissionPrompts", false);
    const service = new firefox.ServiceBuilder(GECKODRIVER)
      .addArguments("--allow-system-access", "--profile-root", folder)
      // Also what Firefox keeps in a home folder is thrown away.
      .setEnvironment({ ...browserEnvironment(folder), HOME: folder } as Record<string, string>);
    const builder = new Builder().forBrowser("firefox").setFirefoxOptions(options).setFirefoxService(service);
    try {
      const driver = (await within(START_LIMIT_MS, "Firefox's start", builder.build())) as firefox.Driver;
      const pid = (await driver.getCapabilities()).get("moz:processID") as number;
      const limits = { script: SCRIPT_LIMIT_MS, pageLoad: START_LIMIT_MS };
      await driver.manage().setTimeouts(limits);
      return new Firefox(driver, pid, folder);
    } catch (error) {
      await remove(folder);
      throw error;
    }
  }

  #working: Promise<unknown> = Promise.resolve();

  /** Has the driver to itself: it looks at one tab at a time. */
  alone<T>(work: (driver: firefox.Driver) => Promise<T>): Promise<T> {
    const done = this.#working.then(() => work(this.driver));
    this.#working = done.catch(() => undefined);
    return done;
  }

  async newPage(): Promise<FirefoxPage> {
    // The window at the start stays: with the last one Firefox would end.
    await this.driver.switchTo().newWindow("tab");
    return new FirefoxPage(this, await this.driver.getWindowHandle());
  }

  /**
   * Installs an add-on, a folder or a zip file, until Firefox ends.
   * @returns the origin of its pages: `moz-extension://` and an id that only this Firefox has
   */
  async installExtension(path: string): Promise<string> {
    const id = await this.driver.installAddon(path, true);
    const host = await this.inChrome(
      (id: string) => WebExtensionPolicy.getByID(id)?.mozExtensionHostname ?? null,
      id,
    );
    if (host === null) throw new Error(`The add-on ${id} has no pages.`);
    return `moz-extension://${host}`;
  }

  /** Runs a function with the rights of Firefox itself, in its window. What goes in and comes out is plain JSON. */
  async inChrome<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    await this.driver.setContext(firefox.Context.CHROME);
    try {
      return (await this.driver.executeScript(scriptOf(work), ...args)) as Awaited<Result>;
    } finally {
      await this.driver.setContext(firefox.Context.CONTENT);
    }
  }

  /** Ends Firefox, by force if it does not in time: it may be waiting for a script of a page. Removes its profile. */
  async close(): Promise<void> {
    const quit = this.driver.quit().catch(() => undefined);
    await within(END_LIMIT_MS, "Firefox's end", quit).catch(() => undefined);
    await killTree(this.#pid);
    // Now the driver notices, and ends too.
    await within(END_LIMIT_MS, "the driver's end", quit);
    await remove(this.folder);
  }
}

/** A tab of {@link Firefox}. */
export class FirefoxPage implements PlainPage {
  constructor(
    private readonly firefox: Firefox,
    private readonly handle: string,
  ) {}

  async goto(url: string): Promise<void> {
    await (await this.#driver()).get(url);
  }

  async evaluate<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    return (await (await this.#driver()).executeScript(scriptOf(work), ...args)) as Awaited<Result>;
  }

  async waitFor(expression: string, limitMs = 15_000): Promise<void> {
    const driver = await this.#driver();
    await driver.wait(() => driver.executeScript(`return ${expression}`), limitMs, expression, 20);
  }

  async type(selector: string, text: string): Promise<void> {
    await (await this.#element(selector)).sendKeys(text);
  }

  async click(selector: string): Promise<void> {
    await (await this.#element(selector)).click();
  }

  async chooseFiles(selector: string, paths: string[]): Promise<void> {
    await this.type(selector, paths.join("\n"));
  }

  /** A real click on the input; only the dialogs of the system and of Firefox are answered here. */
  async chooseFolder(selector: string, path: string): Promise<void> {
    const driver = await this.#driver();
    await this.firefox.inChrome(answerFolderDialogs, path);
    const input = await this.#element(selector);
    // The method `click` of an element, which would scroll to it, refuses inputs of files.
    await driver.executeScript("arguments[0].scrollIntoView()", input);
    await driver.actions().click(input).perform();
    await this.waitFor(`document.querySelector(${JSON.stringify(selector)}).files.length > 0`);
  }

  /** By events of the page itself, with files that a person has chosen: no driver can drag in Firefox. */
  async drop(selector: string, paths: string[]): Promise<void> {
    await this.evaluate(() => {
      const input = document.createElement("input");
      Object.assign(input, { type: "file", multiple: true, id: "dropped-from" });
      document.body.append(input);
    });
    await this.chooseFiles("#dropped-from", paths);
    await this.evaluate((selector) => {
      const input = document.querySelector<HTMLInputElement>("#dropped-from");
      const dataTransfer = new DataTransfer();
      for (const file of input?.files ?? []) dataTransfer.items.add(file);
      input?.remove();
      for (const type of ["dragenter", "dragover", "drop"]) {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector(selector)?.dispatchEvent(event);
      }
    }, selector);
  }

  text(selector: string): Promise<string> {
    return this.evaluate((selector) => document.querySelector(selector)?.textContent ?? "", selector);
  }

  async close(): Promise<void> {
    const driver = await this.#driver();
    await driver.close();
    const [first = ""] = await driver.getAllWindowHandles();
    await driver.switchTo().window(first);
  }

  async #element(selector: string) {
    return (await this.#driver()).findElement(By.css(selector));
  }

  /** The driver, looking at this tab. */
  async #driver(): Promise<firefox.Driver> {
    const { driver } = this.firefox;
    await driver.switchTo().window(this.handle);
    return driver;
  }
}

// What exists in Firefox's own window only.
declare const WebExtensionPolicy: { getByID(id: string): { mozExtensionHostname: string } | null };
declare const ChromeUtils: { generateQI(names: string[]): unknown };
declare const Components: { manager: { QueryInterface(of: unknown): Registrar } };
declare const Cc: Record<string, { createInstance(of: unknown): { initWithPath(path: string): void } }>;
declare const Ci: Record<string, Record<string, number>>;
declare const Services: {
  uuid: { generateUUID(): unknown };
  tm: { dispatchToMainThread(work: () => void): void };
  ppmm: { loadProcessScript(url: string, isForNewOnes: boolean): void };
};
interface Registrar {
  registerFactory(id: unknown, name: string, contract: string, factory: unknown): void;
}

/** In Firefox's own window: whoever is asked for a folder from now on chooses this one, and is sure of it. */
export function answerFolderDialogs(path: string): void {
  const picker = {
    QueryInterface: ChromeUtils.generateQI(["nsIFilePicker"]),
    init: () => undefined,
    appendFilters: () => undefined,
    get file() {
      const file = Cc["@mozilla.org/file/local;1"]?.createInstance(Ci.nsIFile);
      file?.initWithPath(path);
      return file;
    },
    open: (callback: { done(result: number | undefined): void }) =>
      Services.tm.dispatchToMainThread(() => callback.done(Ci.nsIFilePicker?.returnOK)),
  };
  const registrar = Components.manager.QueryInterface(Ci.nsIComponentRegistrar);
  const factory = { createInstance: () => picker };
  registrar.registerFactory(Services.uuid.generateUUID(), "", "@mozilla.org/filepicker;1", factory);
  const module = "resource:///modules/PromptCollection.sys.mjs";
  const sure = `ChromeUtils.importESModule("${module}").PromptCollection.prototype.confirmFolderUpload = () => true`;
  Services.ppmm.loadProcessScript(`data:,${encodeURIComponent(sure)}`, true);
}

/** What tsx makes of a function calls a helper that is not where the script runs. */
const scriptOf = (work: unknown) =>
  `const __name = (named) => named; return (${work}).apply(null, arguments);`;

/** Fails unless `work` is done in time. */
async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms.`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

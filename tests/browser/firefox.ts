/**
 * Firefox, headless, in a profile of its own that is thrown away at the end: ordinary pages, temporary add-ons
 * and their pages.
 */
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Builder, By } from "selenium-webdriver";
import firefox from "selenium-webdriver/firefox.js";
import { PATIENCE_MS } from "../patience.ts";
import { answerFileDialogs, type Context, contextOf, type Place, runIn } from "./firefox-places.ts";
import type { PlainBrowser, PlainPage } from "./plain-browser.ts";
import { browserEnvironment, killTree, remove } from "./processes.ts";

const FIREFOX = "/usr/bin/firefox-esr";
/** `cargo xtask` installs it. */
const GECKODRIVER = resolve(import.meta.dirname, "../../target/tools/bin/geckodriver");
/** The profile's folder in that of one {@link Firefox}. */
const PROFILE = "profile";
const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 30_000;
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

  /** `folder`: of a Firefox that has ended and is started again with the same profile. */
  static async start(
    folder?: string,
    prefs: Record<string, string | number | boolean> = {},
  ): Promise<Firefox> {
    folder ??= await mkdtemp(join(tmpdir(), "firefox-"));
    await mkdir(join(folder, PROFILE), { recursive: true });
    const options = new firefox.Options()
      .setBinary(FIREFOX)
      .addArguments("-headless", "-profile", join(folder, PROFILE))
      // What a click of an extension asks for is granted, without the question that nobody would answer.
      .setPreference("extensions.webextOptionalPermissionPrompts", false)
      // An add-on that is installed for good, as ours is when it has to outlive the browser, has no signature.
      .setPreference("xpinstall.signatures.required", false)
      // Its own notifications: there is no service of a desktop, and what cannot be shown is gone at once.
      .setPreference("alerts.useSystemBackend", false);
    for (const [name, value] of Object.entries(prefs)) options.setPreference(name, value);
    const service = new firefox.ServiceBuilder(GECKODRIVER)
      .addArguments("--allow-system-access")
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
  #context = firefox.Context.CONTENT;

  /** Has the driver to itself: it looks at one tab at a time. */
  alone<T>(work: (driver: firefox.Driver) => Promise<T>, context = firefox.Context.CONTENT): Promise<T> {
    const done = this.#working.then(async () => {
      await this.#look(context);
      return work(this.driver);
    });
    this.#working = done.catch(() => undefined);
    return done;
  }

  async newPage(): Promise<FirefoxPage> {
    // The window at the start stays: with the last one Firefox would end.
    await this.driver.switchTo().newWindow("tab");
    return new FirefoxPage(this, await this.driver.getWindowHandle());
  }

  /**
   * Installs an add-on, a folder or a zip file, until Firefox ends; a zip file may also be for good.
   * @returns the origin of its pages: `moz-extension://` and an id that only this Firefox has
   */
  async installExtension(path: string, isForGood = false): Promise<string> {
    return this.originOf(await this.driver.installAddon(path, !isForGood));
  }

  /** The origin of an installed add-on's pages. */
  async originOf(id: string): Promise<string> {
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
    await this.#look(firefox.Context.CHROME);
    try {
      return (await this.driver.executeScript(scriptOf(work), ...args)) as Awaited<Result>;
    } finally {
      await this.#look(firefox.Context.CONTENT);
    }
  }

  /** Has the driver look at Firefox's own window or at the tab. Each change is a question of its own. */
  async #look(context: firefox.Context): Promise<void> {
    if (this.#context === context) return;
    await this.driver.setContext(context);
    this.#context = context;
  }

  /** {@link inChrome}, when nothing else is done with the driver. */
  privileged<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const { CHROME } = firefox.Context;
    // It goes on to look there: the next question is likely to be of the same kind.
    return this.alone((driver) => driver.executeScript(scriptOf(work), ...args), CHROME) as Promise<
      Awaited<Result>
    >;
  }

  /** {@link privileged}, about a document, whichever tab is in front. */
  about<Args extends unknown[], Result>(
    place: Place,
    work: (context: Context, ...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const found = `async (place, ...args) => (${work})(await (${contextOf})(place), ...args)`;
    return this.privileged(found as never, place, ...args) as Promise<Awaited<Result>>;
  }

  /** Runs a script in a document, with its own rights or those of Firefox. What goes in and comes out is plain JSON. */
  inPlace<T>(
    place: Place,
    script: string,
    args: unknown[],
    rights: "its own" | "as Firefox" = "its own",
  ): Promise<T> {
    return this.about(place, runIn, NAMING + script, args, rights === "as Firefox") as Promise<T>;
  }

  /** Ends Firefox, by force if it does not in time: it may be waiting for a script of a page. */
  async end(): Promise<void> {
    const quit = this.driver.quit().catch(() => undefined);
    await within(END_LIMIT_MS, "Firefox's end", quit).catch(() => undefined);
    await killTree(this.#pid);
    // Now the driver notices, and ends too.
    await within(END_LIMIT_MS, "the driver's end", quit);
  }

  /** Kills all its processes at once: none gets to do a last thing. */
  async crash(): Promise<void> {
    await killTree(this.#pid);
    await this.end();
  }

  /** {@link end}; removes its profile, after `look` has had a look at what is left there. */
  async close(look?: (profile: string) => Promise<void>): Promise<void> {
    await this.end();
    try {
      await look?.(join(this.folder, PROFILE));
    } finally {
      await remove(this.folder);
    }
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

  async waitFor(expression: string, limitMs = PATIENCE_MS): Promise<void> {
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
    await this.firefox.inChrome(answerFileDialogs, path);
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
/** What tsx makes of a function calls a helper that is not where the script runs. */
const NAMING = "const __name = (named) => named; ";
const scriptOf = (work: unknown): string => `${NAMING}return (${work}).apply(null, arguments);`;

/** Fails unless `work` is done in time. */
async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms.`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

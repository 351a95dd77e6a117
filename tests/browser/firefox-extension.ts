/**
 * Firefox with the built extension, in a profile of its own that is thrown away at the end.
 */
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Key } from "selenium-webdriver";
import driven from "selenium-webdriver/firefox.js";
import { PATIENCE_MS } from "../patience.ts";
import type { ChromiumOptions } from "./chromium.ts";
import { Firefox } from "./firefox.ts";
import { FirefoxEmbedded } from "./firefox-embedded.ts";
import { FirefoxExtensionPage } from "./firefox-extension-page.ts";
import { remove } from "./processes.ts";

const BUILT_EXTENSION = resolve(import.meta.dirname, "../../target/extension/firefox");
/** What the manifest calls it. */
export const ADDON_ID = "attachments@deadlinejs.example";

/** What an event page can be. */
export type BackgroundState = "running" | "starting" | "suspending" | "stopped";

/** A running Firefox with our extension in it. */
export class FirefoxExtension {
  private constructor(
    readonly firefox: Firefox,
    /** Origin of the extension's own pages. */
    readonly origin: string,
  ) {}

  static async start({
    change,
    grantedOrigins = [],
  }: Pick<ChromiumOptions, "change" | "grantedOrigins">): Promise<FirefoxExtension> {
    const folder = await mkdtemp(join(tmpdir(), "add-on-"));
    const firefox = await Firefox.start();
    try {
      await cp(BUILT_EXTENSION, folder, { recursive: true });
      await change?.(folder);
      // For good, as a person installs it: what it keeps outlives the browser.
      const zip = join(firefox.folder, "add-on.zip");
      execFileSync("python3", ["-m", "zipfile", "-c", zip, ...(await readdir(folder))], { cwd: folder });
      const origin = await firefox.installExtension(zip, true);
      // Its match patterns know no ports.
      const patterns = grantedOrigins.map((one) => `${new URL(one).protocol}//${new URL(one).hostname}/*`);
      await firefox.privileged(grant, ADDON_ID, patterns);
      return new FirefoxExtension(firefox, origin);
    } catch (error) {
      await firefox.close();
      throw error;
    } finally {
      await remove(folder);
    }
  }

  /** Ends the browser and starts it again with the same profile; this object is then of no more use. */
  async restart(): Promise<FirefoxExtension> {
    await this.firefox.end();
    return this.#startAgain();
  }

  /** Like {@link restart}, but all of the browser's processes are killed at once. */
  async crash(): Promise<FirefoxExtension> {
    await this.firefox.crash();
    return this.#startAgain();
  }

  async #startAgain(): Promise<FirefoxExtension> {
    const firefox = await Firefox.start(this.firefox.folder);
    return new FirefoxExtension(firefox, await firefox.originOf(ADDON_ID));
  }

  /** Address of a file of the extension. */
  urlOf(path: string): string {
    return `${this.origin}/${path}`;
  }

  /** Opens a page of the extension, for example `options/options.html`, in a new tab. */
  async openPage(path: string): Promise<FirefoxExtensionPage> {
    const page = await this.newPage();
    await page.goto(this.urlOf(path));
    return page;
  }

  /** Opens an empty tab. */
  async newPage(): Promise<FirefoxExtensionPage> {
    const handle = await this.firefox.alone(async (driver) => {
      await driver.switchTo().newWindow("tab");
      return driver.getWindowHandle();
    });
    return new FirefoxExtensionPage(this.firefox, handle);
  }

  /** Waits for a tab that something else opens, whose address holds `part`. */
  async opened(part: string): Promise<FirefoxExtensionPage> {
    const handle = await this.#until(`a tab with ${part}`, () =>
      this.firefox.privileged((wanted: string) => {
        const managed = "chrome://remote/content/shared/NavigableManager.sys.mjs";
        const { NavigableManager } = ChromeUtils.importESModule(managed);
        const tab = gBrowser.tabs.find((one) => one.linkedBrowser.currentURI.spec.includes(wanted));
        return tab === undefined ? undefined : NavigableManager.getIdForBrowser(tab.linkedBrowser);
      }, part),
    );
    const page = new FirefoxExtensionPage(this.firefox, handle);
    await page.waitForFunction(() => document.readyState === "complete");
    return page;
  }

  /** The event page, woken if it has stopped. */
  async background(): Promise<FirefoxEmbedded> {
    return new FirefoxEmbedded(this.firefox, { addOn: ADDON_ID, view: "background" });
  }

  /** The page in which the engine host lives. */
  engineHost(): Promise<FirefoxEmbedded> {
    return this.background();
  }

  /** Opens the popup of the toolbar button over the tab that is in front. */
  async openPopup(): Promise<FirefoxEmbedded> {
    await this.firefox.privileged((id: string) => {
      const { extension } = WebExtensionPolicy.getByID(id);
      const parent = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
      return parent.ExtensionParent.apiManager.global.browserActionFor(extension).openPopup(window, false);
    }, ADDON_ID);
    return this.openedPopup();
  }

  /** Waits for the popup that something else opens. */
  async openedPopup(): Promise<FirefoxEmbedded> {
    const popup = new FirefoxEmbedded(this.firefox, { addOn: ADDON_ID, view: "popup" });
    await this.#until("the popup", () =>
      popup
        .run<boolean>(`document.querySelector("body:not([data-state=loading])") !== null`)
        .catch(() => false),
    );
    return popup;
  }

  /** Presses Alt, Shift and a key, as a person does: Firefox itself gets them before the page. */
  async pressShortcut(key: string): Promise<void> {
    await this.firefox.alone(async (driver) => {
      const held = [Key.ALT, Key.SHIFT];
      const actions = driver.actions();
      for (const one of held) actions.keyDown(one);
      actions.sendKeys(key);
      for (const one of held) actions.keyUp(one);
      await actions.perform();
    }, driven.Context.CHROME);
  }

  /** What opens beside the tab, and is not closed with it. */
  async openedPanel(): Promise<FirefoxEmbedded> {
    const sidebar = new FirefoxEmbedded(this.firefox, { addOn: ADDON_ID, view: "sidebar" });
    await this.#until("the sidebar", () =>
      sidebar.run<boolean>(`document.readyState === "complete"`).catch(() => false),
    );
    return sidebar;
  }

  /** From now on what a page downloads comes into this folder, without a question. */
  async saveDownloadsTo(folder: string): Promise<void> {
    await this.firefox.privileged((path: string) => {
      Services.prefs.setIntPref("browser.download.folderList", 2);
      Services.prefs.setStringPref("browser.download.dir", path);
    }, folder);
  }

  /** Tells the event page, woken if it has stopped, of a choice in the context menu, as Firefox does for a real one. */
  async chooseFromMenu(info: object): Promise<void> {
    await this.firefox.privileged(
      (id: string, chosen: object) => {
        const { extension } = WebExtensionPolicy.getByID(id);
        extension.tabManager.addActiveTabPermission(gBrowser.selectedTab);
        extension.emit("webext-menu-menuitem-click", chosen, gBrowser.selectedTab);
      },
      ADDON_ID,
      info,
    );
  }

  /** Whether the event page runs. */
  backgroundState(): Promise<BackgroundState> {
    return this.firefox.privileged(
      (id: string) => WebExtensionPolicy.getByID(id).extension.backgroundState,
      ADDON_ID,
    );
  }

  /** Stops the event page, as Firefox does with one that looks idle. */
  async stopBackground(): Promise<void> {
    await this.firefox.privileged(
      (id: string) =>
        WebExtensionPolicy.getByID(id).extension.terminateBackground({ ignoreDevToolsAttached: true }),
      ADDON_ID,
    );
  }

  /** Ends the engine host, which here is the event page, in the middle of what it does. */
  loseHost(): Promise<void> {
    return this.stopBackground();
  }

  /** Ends the browser and removes its profile, after `look` has had a look at what is left in its folder. */
  close(look?: (profile: string) => Promise<void>): Promise<void> {
    return this.firefox.close(look);
  }

  async #until<T>(what: string, check: () => Promise<T | undefined | null | false>): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await check();
      if (found) return found;
      if (Date.now() > end) throw new Error(`Not within ${PATIENCE_MS} ms: ${what}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** In Firefox's own window: as if a person had allowed the add-on to reach these. */
async function grant(id: string, origins: string[]): Promise<void> {
  const { extension } = WebExtensionPolicy.getByID(id);
  const module = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
  const granted = { origins: [...new Set(origins)], permissions: [], data_collection: [] };
  await module.ExtensionPermissions.add(id, granted, extension);
}

// What exists in Firefox's own window only.
declare const WebExtensionPolicy: { getByID(id: string): { extension: Extension } };
interface Extension {
  backgroundState: BackgroundState;
  emit(event: string, ...details: unknown[]): void;
  tabManager: { addActiveTabPermission(tab: unknown): void };
  terminateBackground(options: { ignoreDevToolsAttached: boolean }): Promise<void>;
}
declare const ChromeUtils: {
  importESModule(url: string): {
    NavigableManager: { getIdForBrowser(browser: unknown): string };
    ExtensionPermissions: { add(id: string, granted: object, extension: Extension): Promise<void> };
    ExtensionParent: { apiManager: { global: { browserActionFor(extension: Extension): BrowserAction } } };
  };
};
interface BrowserAction {
  openPopup(window: Window, isByNobody: boolean): Promise<void>;
}
declare const gBrowser: { selectedTab: unknown; tabs: { linkedBrowser: { currentURI: { spec: string } } }[] };
declare const Services: {
  prefs: { setIntPref(name: string, value: number): void; setStringPref(name: string, value: string): void };
};

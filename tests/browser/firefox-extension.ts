/**
 * Firefox with the built extension, as a temporary add-on, in a profile of its own that is thrown away at the end.
 */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ChromiumOptions } from "./chromium.ts";
import { Firefox } from "./firefox.ts";
import { FirefoxExtensionPage } from "./firefox-extension-page.ts";
import { remove } from "./processes.ts";

const BUILT_EXTENSION = resolve(import.meta.dirname, "../../target/extension/firefox");
const ADDON_ID = "attachments@deadlinejs.example";

/** What an event page can be. */
export type BackgroundState = "running" | "starting" | "suspending" | "stopped";

/** A running Firefox with our extension in it. */
export class FirefoxExtension {
  private constructor(
    readonly firefox: Firefox,
    /** Origin of the extension's own pages. */
    readonly origin: string,
    private readonly folder: string,
  ) {}

  static async start({ change }: Pick<ChromiumOptions, "change">): Promise<FirefoxExtension> {
    const folder = await mkdtemp(join(tmpdir(), "add-on-"));
    const firefox = await Firefox.start();
    try {
      await cp(BUILT_EXTENSION, folder, { recursive: true });
      await change?.(folder);
      return new FirefoxExtension(firefox, await firefox.installExtension(folder), folder);
    } catch (error) {
      await firefox.close();
      await remove(folder);
      throw error;
    }
  }

  /** Opens a page of the extension, for example `options/options.html`, in a new tab. */
  async openPage(path: string): Promise<FirefoxExtensionPage> {
    const handle = await this.firefox.alone(async (driver) => {
      await driver.switchTo().newWindow("tab");
      return driver.getWindowHandle();
    });
    const page = new FirefoxExtensionPage(this.firefox, handle);
    await page.goto(`${this.origin}/${path}`);
    return page;
  }

  /** Whether the event page runs. */
  backgroundState(): Promise<BackgroundState> {
    return this.firefox.alone(() =>
      this.firefox.inChrome(
        (id: string) => WebExtensionPolicy.getByID(id).extension.backgroundState,
        ADDON_ID,
      ),
    );
  }

  /** Stops the event page, as Firefox does with one that looks idle. */
  async stopBackground(): Promise<void> {
    await this.firefox.alone(() =>
      this.firefox.inChrome(
        (id: string) =>
          WebExtensionPolicy.getByID(id).extension.terminateBackground({ ignoreDevToolsAttached: true }),
        ADDON_ID,
      ),
    );
  }

  /** Ends the engine host, which here is the event page, in the middle of what it does. */
  loseHost(): Promise<void> {
    return this.stopBackground();
  }

  async close(): Promise<void> {
    await this.firefox.close();
    await remove(this.folder);
  }
}

// What exists in Firefox's own window only.
declare const WebExtensionPolicy: { getByID(id: string): { extension: Extension } };
interface Extension {
  backgroundState: BackgroundState;
  terminateBackground(options: { ignoreDevToolsAttached: boolean }): Promise<void>;
}

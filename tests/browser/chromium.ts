/**
 * Chromium with the built extension, in a profile of its own that is thrown away at the end.
 */
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import puppeteer, { type Browser, type Page, type WebWorker } from "puppeteer-core";
import { PATIENCE_MS } from "../patience.ts";
import { browserEnvironment, killTree, remove } from "./processes.ts";

const CHROMIUM = "/usr/bin/chromium";
const BUILT_EXTENSION = resolve(import.meta.dirname, "../../target/extension/chrome");
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Chromium refuses to run its sandbox as root.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
/** In milliseconds. A wait is one question, which may be open as long as the longest of them; each has its own limit. */
const protocolTimeout = 900_000;

/** Chromium without an extension, headless, with a profile that is gone when it closes. */
export function launchPlain(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    pipe: true,
    protocolTimeout,
    args: FLAGS,
  });
}

/** How to start {@link ExtensionBrowser}. */
export interface ChromiumOptions {
  headless: boolean;
  /**
   * Origins such as `http://127.0.0.1:8333` that a person has already allowed the extension to reach.
   * Headless Chromium never answers the real question, so its answer has to be there before.
   */
  grantedOrigins?: string[];
  /** Attach no debugger to service workers: attached, one never stops by itself, and one that is stopped never starts. */
  leavesWorkersAlone?: boolean;
  /** Further command-line flags; gets the profile's folder. */
  flags?: (profile: string) => string[];
  /** Changes the copy of the built extension, in the folder that is given, before it is installed. */
  change?: (extension: string) => Promise<void>;
}

/** What the next start needs as well. */
type Kept = Required<Omit<ChromiumOptions, "headless" | "change">>;

/** A running Chromium with our extension in it. */
export class ExtensionBrowser {
  readonly browser: Browser;
  /** Host of the extension's own pages. */
  readonly extensionId: string;
  readonly #folder: string;
  readonly #options: Kept;

  private constructor(browser: Browser, extensionId: string, folder: string, options: Kept) {
    this.browser = browser;
    this.extensionId = extensionId;
    this.#folder = folder;
    this.#options = options;
  }

  static async start({
    headless,
    grantedOrigins = [],
    leavesWorkersAlone = false,
    flags = () => [],
    change,
  }: ChromiumOptions): Promise<ExtensionBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "chromium-"));
    let browser: Browser | undefined;
    try {
      await cp(BUILT_EXTENSION, extensionIn(folder), { recursive: true });
      await change?.(extensionIn(folder));
      const kept = { grantedOrigins, leavesWorkersAlone, flags };
      browser = await launch(folder, headless, kept);
      if (grantedOrigins.length > 0) await installGranted(browser, extensionIn(folder), grantedOrigins);
      const extensionId = await browser.installExtension(extensionIn(folder));
      return new ExtensionBrowser(browser, extensionId, folder, kept);
    } catch (error) {
      await browser?.close();
      await remove(folder);
      throw error;
    }
  }

  /** Ends the browser and starts it again, headless, with the same profile; this object is then of no more use. */
  async restart(): Promise<ExtensionBrowser> {
    await this.browser.close();
    return this.#startAgain();
  }

  /** Like {@link restart}, but all of the browser's processes are killed at once: none gets to do a last thing. */
  async crash(): Promise<ExtensionBrowser> {
    const pid = this.browser.process()?.pid;
    if (pid === undefined) throw new Error("The browser has no process.");
    await killTree(pid);
    await this.browser.close().catch(() => undefined);
    return this.#startAgain();
  }

  async #startAgain(): Promise<ExtensionBrowser> {
    const browser = await launch(this.#folder, true, this.#options);
    const { grantedOrigins } = this.#options;
    // A grant is written to disk some seconds later: a real one is older than the end of the browser.
    if (grantedOrigins.length > 0) await installGranted(browser, extensionIn(this.#folder), grantedOrigins);
    const extensionId = await browser.installExtension(extensionIn(this.#folder));
    return new ExtensionBrowser(browser, extensionId, this.#folder, this.#options);
  }

  /** Address of a file of the extension. */
  urlOf(path: string): string {
    return `chrome-extension://${this.extensionId}/${path}`;
  }

  /** Opens a page of the extension, for example `options/options.html`, in a new tab. */
  async openPage(path: string): Promise<Page> {
    const page = await this.newPage();
    await page.goto(this.urlOf(path));
    return page;
  }

  /** Opens an empty tab. */
  async newPage(): Promise<Page> {
    return patient(await this.browser.newPage());
  }

  /** Waits for a tab that something else opens, whose address holds `part`. */
  async opened(part: string): Promise<Page> {
    const target = await this.browser.waitForTarget((one) => one.url().includes(part), {
      timeout: PATIENCE_MS,
    });
    return patient(await target.asPage());
  }

  /** Opens the real popup over the tab that is in front. */
  async openPopup(): Promise<Page> {
    const known = new Set(this.browser.targets());
    await (await this.serviceWorker()).evaluate(() => chrome.action.openPopup());
    const target = await this.browser.waitForTarget(
      (one) => one.url().endsWith("popup/popup.html") && !known.has(one),
      { timeout: PATIENCE_MS },
    );
    const popup = patient(await target.asPage());
    await popup.waitForSelector("body:not([data-state=loading])");
    return popup;
  }

  /** Waits for the side panel. */
  openedPanel(): Promise<Page> {
    return this.opened("panel/panel.html");
  }

  /** The offscreen document, once there is one. */
  engineHost(): Promise<Page> {
    return this.opened("/offscreen/offscreen.html");
  }

  /** The service worker. */
  background(): Promise<WebWorker> {
    return this.serviceWorker();
  }

  /** From now on what a page downloads comes into this folder, without a question. */
  async saveDownloadsTo(folder: string): Promise<void> {
    const session = await this.browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  }

  /** The extension's service worker, started if it isn't running. */
  async serviceWorker(): Promise<WebWorker> {
    const target = await this.browser.waitForTarget(
      (candidate) => candidate.type() === "service_worker" && candidate.url().includes(this.extensionId),
      { timeout: PATIENCE_MS },
    );
    const worker = await target.worker();
    if (worker === null) throw new Error("The service worker's target is no worker.");
    // On a busy machine the driver can be there before the extension's interfaces are.
    while (!(await worker.evaluate(() => "permissions" in (globalThis.chrome ?? {}))))
      await new Promise((resolve) => setTimeout(resolve, 10));
    return worker;
  }

  /** Stops the service worker; the next message starts it again. */
  async stopBackground(): Promise<void> {
    await (await this.serviceWorker()).close();
  }

  /** Ends the engine host in the middle of what it does. */
  async loseHost(): Promise<void> {
    await (await this.serviceWorker()).evaluate(() => chrome.offscreen.closeDocument());
  }

  /** Ends the browser and removes its profile, after `look` has had a look at what is left in its folder. */
  async close(look?: (profile: string) => Promise<void>): Promise<void> {
    await this.browser.close();
    try {
      await look?.(profileIn(this.#folder));
    } finally {
      await remove(this.#folder);
    }
  }
}

function patient(page: Page): Page {
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

const extensionIn = (folder: string): string => join(folder, "extension");

const profileIn = (folder: string): string => join(folder, "profile");

function launch(folder: string, headless: boolean, { leavesWorkersAlone, flags }: Kept): Promise<Browser> {
  return puppeteer.launch({
    executablePath: CHROMIUM,
    headless,
    pipe: true,
    protocolTimeout,
    enableExtensions: true,
    userDataDir: profileIn(folder),
    args: [...FLAGS, ...flags(profileIn(folder))],
    env: browserEnvironment(folder),
    ...(leavesWorkersAlone && { targetFilter: (target) => target.type() !== "service_worker" }),
    // With a window the page fills it, instead of an emulated 800x600.
    defaultViewport: headless ? { width: 1280, height: 900 } : null,
  });
}

/**
 * Installs `extension` with the origins as required hosts, which are granted at installation, and
 * puts its real manifest back. What was granted stays granted when the real one is installed over
 * it, and `permissions.request` then answers yes without asking.
 */
async function installGranted(browser: Browser, extension: string, origins: string[]): Promise<void> {
  const path = join(extension, "manifest.json");
  const real = await readFile(path, "utf8");
  const hosts = origins.map((origin) => `${origin}/*`);
  await writeFile(path, JSON.stringify({ ...JSON.parse(real), host_permissions: hosts }));
  await browser.installExtension(extension);
  await writeFile(path, real);
}

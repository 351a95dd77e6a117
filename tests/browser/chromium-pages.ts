/** Chromium as a {@link PlainBrowser}. */
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { PATIENCE_MS } from "../patience.ts";
import { launchPlain } from "./chromium.ts";
import type { PlainBrowser, PlainPage } from "./plain-browser.ts";

/** Starts it. */
export async function launchChromium(): Promise<PlainBrowser> {
  return new ChromiumBrowser(await launchPlain());
}

class ChromiumBrowser implements PlainBrowser {
  constructor(private readonly browser: Browser) {}

  async newPage(): Promise<PlainPage> {
    return new ChromiumPage(await this.browser.newPage());
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

class ChromiumPage implements PlainPage {
  readonly #errors: string[] = [];

  constructor(private readonly page: Page) {
    page.on("pageerror", (error) => this.#errors.push(String(error)));
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async evaluate<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    // Arguments are never handles of things in the page, which puppeteer would take as well.
    return (await this.page.evaluate(work as (...args: unknown[]) => unknown, ...args)) as Awaited<Result>;
  }

  async waitFor(expression: string, limitMs = PATIENCE_MS): Promise<void> {
    await this.page.waitForFunction(expression, { timeout: limitMs }).catch((error) => {
      throw new Error(`${expression}: ${error}; ${this.#errors.join("; ")}`);
    });
  }

  type(selector: string, text: string): Promise<void> {
    return this.page.type(selector, text);
  }

  click(selector: string): Promise<void> {
    return this.page.click(selector);
  }

  async chooseFiles(selector: string, paths: string[]): Promise<void> {
    const input = (await this.page.$(selector)) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(...paths);
  }

  /** Chromium lists the folder before the input has its files. */
  async chooseFolder(selector: string, path: string): Promise<void> {
    await this.chooseFiles(selector, [path]);
    await this.waitFor(`document.querySelector(${JSON.stringify(selector)}).files.length > 0`);
  }

  async drop(selector: string, paths: string[]): Promise<void> {
    const at = await this.page.$eval(selector, (zone) => {
      zone.scrollIntoView();
      const { x, y, width, height } = zone.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
    const client = await this.page.createCDPSession();
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await client.send("Input.dispatchDragEvent", { type, ...at, data });
    await client.detach();
  }

  text(selector: string): Promise<string> {
    return this.page.$eval(selector, ({ textContent }) => textContent ?? "");
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

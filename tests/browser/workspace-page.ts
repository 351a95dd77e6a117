/**
 * The workspace tab: drops onto it, waits for the end, reads what it shows.
 */

import { readdirSync, statSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { dropAt } from "./bare-drop.ts";
import type { AnyExtensionBrowser } from "./extension-browser.ts";
import { readyToChoose } from "./file-dialog.ts";
import { FirefoxContent } from "./firefox-content.ts";

/** How an upload can end. */
export type UploadEnd = "complete" | "failed" | "cancelled";

/** What the page shows of a complete upload. */
export interface ShownResult {
  files: number;
  /** Sum of all files' sizes. */
  bytes: number;
  /** Content objects sent. */
  objectsWritten: number;
  bytesWritten: number;
  /** Distinct contents that the store held already. */
  objectsSkipped: number;
  bytesSkipped: number;
  /** Full key of the manifest. */
  manifestKey: string;
  manifestHash: string;
  /** JSON text, as shown. */
  attachments: string;
}

/** One line of a list of problems or of things that were not taken. */
export interface ShownItem {
  code: string;
  /** Empty where no single file is the cause. */
  file: string;
  text: string;
}

/** An open workspace tab. */
export class WorkspacePage {
  readonly page: Page;
  #looksAtPreviews = false;

  constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: AnyExtensionBrowser): Promise<WorkspacePage> {
    const page = await browser.openPage("workspace/workspace.html");
    await page.waitForSelector("body:not([data-state=loading])");
    // An engine host that holds an earlier upload tells of it a moment later, and the page changes once more.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await page.bringToFront();
    const workspace = new WorkspacePage(page);
    await workspace.uploadAtOnce();
    return workspace;
  }

  /** From now on presses *Upload* as soon as there is a preview, as somebody does who does not look at it. */
  async uploadAtOnce(): Promise<void> {
    if (this.#looksAtPreviews) return;
    await this.page.evaluate(() => {
      if (document.body.dataset.uploadsAtOnce !== undefined) return;
      document.body.dataset.uploadsAtOnce = "";
      const { dataset } = document.body;
      const observer = new MutationObserver(() => {
        if (dataset.state !== "preview" || dataset.uploadsAtOnce === undefined) return;
        document.querySelector<HTMLElement>("#preview-upload")?.click();
        dataset.pressed = `${Number(dataset.pressed ?? 0) + 1}`;
      });
      observer.observe(document.body, { attributeFilter: ["data-state"] });
      // Perhaps there is a preview already.
      dataset.state = `${dataset.state}`;
    });
  }

  /** Leaves previews to the test. */
  async lookAtPreviews(): Promise<void> {
    this.#looksAtPreviews = true;
    await this.page.evaluate(() => {
      delete document.body.dataset.uploadsAtOnce;
    });
  }

  /** `data-state` of the page. */
  state(): Promise<string> {
    return this.page.$eval("body", (body) => body.dataset.state ?? "");
  }

  /**
   * Drops files and folders of this machine, given by absolute path, in one go: a trusted drop. Nothing can drop on
   * Firefox, so there they are chosen with the buttons: one folder, or files.
   */
  async drop(paths: string[]): Promise<void> {
    await this.page.bringToFront();
    await this.uploadAtOnce();
    const pressedBefore = await this.page.evaluate(() => document.body.dataset.pressed ?? "0");
    await this.dropHere(paths);
    if (!this.#looksAtPreviews) await this.#isPressed(pressedBefore);
  }

  /** Who leaves the page at once would leave before *Upload* is pressed. What is refused has no such button. */
  async #isPressed(before: string): Promise<void> {
    const done = this.page.waitForFunction(
      (count) =>
        (document.body.dataset.pressed ?? "0") !== count ||
        document.body.dataset.state === "failed" ||
        document.querySelector("#notice")?.textContent !== "",
      { timeout: 20_000 },
      before,
    );
    await done.catch(() => undefined);
  }

  /** Drops, or chooses, and nothing more. */
  async dropHere(paths: string[]): Promise<void> {
    const page: unknown = this.page;
    if (page instanceof FirefoxContent) return choose(page, paths);
    const zone = await this.page.waitForSelector(".drop-zone", { visible: true });
    // A drop outside of what is in view would reach nothing.
    await zone?.scrollIntoView();
    const box = await zone?.boundingBox();
    if (!box) throw new Error("There is nothing to drop on.");
    await dropAt(this.page, box.x + box.width / 2, box.y + box.height / 2, paths);
  }

  /** Presses the button for folders and chooses this one. */
  async chooseFolder(path: string): Promise<void> {
    const choose = await readyToChoose(this.page, path);
    await this.page.click("#pick-folder");
    await choose();
  }

  /** Waits until the page says that the upload waits, and gives all that it says about it. */
  async waiting(): Promise<string> {
    const box = await this.page.waitForSelector("#waiting", { visible: true });
    const subline = await this.page.$eval("#subline", (element) => element.textContent);
    return `${subline}. ${await box?.evaluate((element) => element.textContent?.trim().replace(/\s+/g, " "))}`;
  }

  /** {@link drop}, and waits up to `limitMs` for the upload's end. */
  dropAndWait(paths: string[], limitMs: number): Promise<UploadEnd> {
    return this.endAfter(() => this.drop(paths), limitMs);
  }

  /** Does something that begins an upload, and waits up to `limitMs` for that upload's end. */
  async endAfter(begin: () => Promise<unknown>, limitMs: number): Promise<UploadEnd> {
    const end = await this.#watchForEnd();
    await this.uploadAtOnce();
    await begin();
    await this.page.waitForFunction((watch) => watch.end !== undefined, { timeout: limitMs }, end);
    return end.evaluate((watch) => watch.end as UploadEnd);
  }

  /**
   * Watches from now on for the end of an upload that begins later. The page may still show the
   * end of an earlier one, so an end only counts after something else, or with another manifest.
   */
  #watchForEnd() {
    // No named function in here: tsx would wrap it in a helper that the page doesn't have.
    return this.page.evaluateHandle(() => {
      const manifestKey = document.querySelector("[data-fact=manifestKey]");
      const stateBefore = document.body.dataset.state ?? "";
      const keyBefore = manifestKey?.getAttribute("data-value");
      const watch: { end?: string } = {};
      let left = false;
      new MutationObserver((_, observer) => {
        const state = document.body.dataset.state ?? "";
        left ||= state !== stateBefore || manifestKey?.getAttribute("data-value") !== keyBefore;
        if (!left || !["complete", "failed", "cancelled"].includes(state)) return;
        watch.end = state;
        observer.disconnect();
      }).observe(document.body, { attributeFilter: ["data-state"] });
      return watch;
    });
  }

  async result(): Promise<ShownResult> {
    const facts: Record<string, string> = await this.page.$$eval("[data-fact]", (elements) =>
      Object.fromEntries(
        elements.map((element) => [element.getAttribute("data-fact"), element.getAttribute("data-value")]),
      ),
    );
    const text = (name: string): string => {
      const value = facts[name];
      if (!value) throw new Error(`The workspace doesn't show ${name}.`);
      return value;
    };
    const number = (name: string): number => {
      const value = Number(text(name));
      if (!Number.isSafeInteger(value)) throw new Error(`${name} is ${text(name)}, not a whole number.`);
      return value;
    };
    return {
      files: number("files"),
      bytes: number("bytes"),
      objectsWritten: number("objectsWritten"),
      bytesWritten: number("bytesWritten"),
      objectsSkipped: number("objectsSkipped"),
      bytesSkipped: number("bytesSkipped"),
      manifestKey: text("manifestKey"),
      manifestHash: text("manifestHash"),
      attachments: await this.page.$eval("#attachments", (element) => element.textContent ?? ""),
    };
  }

  /** Why the upload failed. */
  problems(): Promise<ShownItem[]> {
    return this.#items("#problems");
  }

  /** What was dropped but is not in the manifest. */
  notTaken(): Promise<ShownItem[]> {
    return this.#items("#not-taken");
  }

  #items(list: string): Promise<ShownItem[]> {
    return this.page.$$eval(`${list} li`, (items) =>
      items.map((item) => ({
        code: item.dataset.code ?? "",
        file: item.dataset.file ?? "",
        text: item.textContent?.trim() ?? "",
      })),
    );
  }
}

async function choose(page: FirefoxContent, paths: string[]): Promise<void> {
  await page.waitForSelector("#pick-folder", { visible: true });
  const [first = "", ...others] = paths;
  if (!statSync(first).isDirectory()) return page.chooseFiles("#files-input", paths);
  // What is chosen by a dialog has no empty folders, so these change nothing.
  if (others.some((one) => !statSync(one).isDirectory() || readdirSync(one).length > 0))
    throw new Error("In Firefox one folder can be chosen at a time.");
  await page.chooseFolder("#pick-folder", first);
}

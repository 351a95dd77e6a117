/** Where uploads run: in this process, or in a page of a browser. */
import "fake-indexeddb/auto";
import { fileURLToPath } from "node:url";
import { MainThreadExecutor } from "deadlinejs/hash";
import { build } from "esbuild";
import type { PlainBrowser, PlainPage } from "../browser/plain-browser.ts";
import type { Pages } from "../stores/neighbours.ts";
import type { UploaderPage } from "./in-page.ts";
import { type Order, Uploader } from "./uploader.ts";

declare const uploader: UploaderPage;

/** An {@link Uploader}, somewhere. */
export interface Place {
  start(order: Order): Promise<number>;
  end(upload: number): ReturnType<Uploader["end"]>;
  needsCredentials(upload: number): ReturnType<Uploader["needsCredentials"]>;
  renew(upload: number): Promise<void>;
  cancel(upload: number): Promise<number>;
  /** Ends all uploads in the middle, without a word to them; then there is a new uploader. */
  kill(): Promise<void>;
}

const freshUploader = () => new Uploader(new MainThreadExecutor().lanes);

/** In this process. */
export class NodePlace implements Place {
  #uploader = freshUploader();

  start(order: Order) {
    return this.#uploader.start(order);
  }

  end(upload: number) {
    return this.#uploader.end(upload);
  }

  needsCredentials(upload: number) {
    return this.#uploader.needsCredentials(upload);
  }

  async renew(upload: number) {
    this.#uploader.renew(upload);
  }

  async cancel(upload: number) {
    return this.#uploader.cancel(upload);
  }

  async kill() {
    this.#uploader.cutOff();
    this.#uploader = freshUploader();
  }
}

/** In a tab, which is closed to kill what is in it. */
export class PagePlace implements Place {
  private constructor(
    private readonly browser: PlainBrowser,
    private readonly origin: string,
    private tab: PlainPage,
  ) {}

  /** @param origin serves {@link pagesOf} */
  static async open(browser: PlainBrowser, origin: string): Promise<PagePlace> {
    return new PagePlace(browser, origin, await openTab(browser, origin));
  }

  start(order: Order) {
    return this.tab.evaluate((order) => uploader.start(order), order);
  }

  end(upload: number) {
    return this.tab.evaluate((upload) => uploader.end(upload), upload);
  }

  needsCredentials(upload: number) {
    return this.tab.evaluate((upload) => uploader.needsCredentials(upload), upload);
  }

  renew(upload: number) {
    return this.tab.evaluate((upload) => uploader.renew(upload), upload);
  }

  cancel(upload: number) {
    return this.tab.evaluate((upload) => uploader.cancel(upload), upload);
  }

  async kill() {
    await this.tab.close();
    this.tab = await openTab(this.browser, this.origin);
  }
}

async function openTab(browser: PlainBrowser, origin: string): Promise<PlainPage> {
  const tab = await browser.newPage();
  await tab.goto(origin);
  await tab.waitFor("globalThis.uploader !== undefined");
  return tab;
}

/** What a {@link PagePlace} loads. */
export async function pagesOf(module: Uint8Array): Promise<Pages> {
  const bundled = async (path: string) => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "silent",
    });
    return { type: "text/javascript", body: outputFiles[0]?.text ?? "" };
  };
  return {
    "/": { type: "text/html", body: '<!doctype html><script type="module" src="/in-page.js"></script>' },
    "/in-page.js": await bundled("in-page.ts"),
    "/hash-worker.js": await bundled("../../deadlinejs/worker/hash-worker.ts"),
    "/module.wasm": { type: "application/wasm", body: module },
  };
}

/** The page drop zone, used as a person uses it: by dragging files over a web page. */
import type { CDPSession, Frame, Page } from "puppeteer-core";
import { PATIENCE_MS } from "../patience.ts";
import { filesIn } from "./bare-drop.ts";
import { FirefoxExtensionPage } from "./firefox-extension-page.ts";

const OVERLAY = "/content/overlay.html";
const MIDDLE = { x: 400, y: 300 };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A drag over the middle of a page, without letting go. Trusted events, as from a person. */
export abstract class Drag {
  /** Enters the page. A folder can be dragged in Chromium only: in Firefox the files in it are. */
  static async begin(page: Page, paths: string[]): Promise<Drag> {
    const any: unknown = page;
    const drag =
      any instanceof FirefoxExtensionPage
        ? new FirefoxDrag(any, { files: paths.flatMap(filesIn) })
        : new ChromiumDrag(await page.createCDPSession(), { items: [], files: paths });
    await drag.stay();
    return drag;
  }

  /** Drags a link over the page. */
  static async ofLink(page: Page, address: string): Promise<void> {
    const any: unknown = page;
    const drag =
      any instanceof FirefoxExtensionPage
        ? new FirefoxDrag(any, { link: address })
        : new ChromiumDrag(await page.createCDPSession(), {
            items: [{ mimeType: "text/uri-list", data: address }],
          });
    await drag.stay();
  }

  /**
   * Moves over what is now under the pointer. A browser tells a frame that has come there that the drag enters it; the
   * drivers leave that to us.
   */
  abstract stay(): Promise<void>;

  /** Leaves and comes again: a page is told once only of a drag that stays over the same element. */
  async comeAgain(): Promise<void> {
    await this.leave();
    await this.stay();
  }

  /** Moves over the overlay until that has noticed: a frame that has just come may not be what is found under the pointer. */
  async over(frame: Frame): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      await this.stay();
      const state = await frame.$eval("body", (body) => body.dataset.state);
      if (state === "over") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("The drag does not reach the overlay.");
  }

  /** Goes on meanwhile: a drag that is not heard of takes the overlay away. */
  async during(work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const stay = async (): Promise<void> => {
      while (!isOver) {
        // The frame may be gone when the work is done.
        await this.stay().catch(() => undefined);
        await pause(300);
      }
    };
    const staying = stay();
    try {
      await work();
    } finally {
      isOver = true;
      // What comes next is not to come between; but a frame that has gone may never answer.
      await Promise.race([staying, pause(2000)]);
    }
  }

  /** Lets go over the overlay. */
  async drop(frame: Frame): Promise<void> {
    await this.over(frame);
    await this.letGo();
  }

  /** Lets go over whatever is there. */
  abstract letGo(): Promise<void>;

  /** Leaves the window, or presses Escape: the browser tells the page the same. */
  abstract leave(): Promise<void>;

  /** Leaves for good. */
  async cancel(): Promise<void> {
    await this.leave();
  }
}

interface Dragged {
  items: { mimeType: string; data: string }[];
  files?: string[];
}

class ChromiumDrag extends Drag {
  constructor(
    private readonly session: CDPSession,
    private readonly data: Dragged,
  ) {
    super();
  }

  async stay(): Promise<void> {
    await this.#send("dragEnter");
    await this.#send("dragOver");
  }

  async letGo(): Promise<void> {
    await this.#send("drop");
    await this.session.detach();
  }

  leave(): Promise<void> {
    return this.#send("dragCancel");
  }

  override async cancel(): Promise<void> {
    await this.leave();
    await this.session.detach();
  }

  async #send(type: "dragEnter" | "dragOver" | "drop" | "dragCancel"): Promise<void> {
    const data = { ...this.data, dragOperationsMask: 1 };
    await this.session.send("Input.dispatchDragEvent", { type, ...MIDDLE, data });
  }
}

class FirefoxDrag extends Drag {
  constructor(
    private readonly page: FirefoxExtensionPage,
    private readonly what: { files: string[] } | { link: string },
  ) {
    super();
  }

  async stay(): Promise<void> {
    // What was under the pointer may have gone meanwhile.
    await this.#send(["dragenter", "dragover"]).catch(() => undefined);
  }

  letGo(): Promise<void> {
    return this.#send(["drop"]);
  }

  leave(): Promise<void> {
    return this.#send(["dragleave"]);
  }

  /** To what is under the pointer. */
  async #send(types: string[]): Promise<void> {
    const under = (await this.page.frame(OVERLAY)) ?? this.page;
    await under.drag(MIDDLE, this.what, types);
  }
}

/** The overlay's frame in the page, if there is one. */
export function overlayIn(page: Page): Promise<Frame | undefined> {
  return frameIn(page, OVERLAY);
}

/** A frame in the page whose address holds `part`, if there is one. */
export async function frameIn(page: Page, part: string): Promise<Frame | undefined> {
  const any: unknown = page;
  // Of a frame, Firefox's has what the tests use.
  if (any instanceof FirefoxExtensionPage) return (await any.frame(part)) as unknown as Frame | undefined;
  return page.frames().find((frame) => frame.url().includes(part));
}

/** So many milliseconds without an overlay. */
const COMES_AGAIN_AFTER = 1000;

/**
 * Waits until the overlay is there and takes drops. `drag` goes on as a person's does: a machine that is busy may have given
 * up an overlay that took too long, and who comes again brings another.
 */
export async function armedOverlay(page: Page, drag?: Drag): Promise<Frame> {
  let last = Date.now();
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const frame = await overlayIn(page);
    if (frame) last = Date.now();
    else if (Date.now() - last < COMES_AGAIN_AFTER) await drag?.stay();
    else {
      await drag?.comeAgain();
      last = Date.now();
    }
    // It may go while it is looked at.
    const isArmed = await frame?.$eval("#zone", (zone) => zone.checkVisibility()).catch(() => false);
    if (frame && isArmed) return frame;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("There is no overlay that takes drops.");
}

/**
 * Lets the overlay wait a minute for the next sign of the drag, where it waits a second: who judges how it looks keeps the
 * frame busy meanwhile.
 */
export async function staysLong(frame: Frame, drag: Drag): Promise<void> {
  await frame.evaluate(() => {
    const wait = window.setTimeout.bind(window);
    const longer = (work: () => void, ms = 0) => wait(work, ms < 1000 ? ms : 60_000);
    Object.assign(window, { setTimeout: longer });
  });
  await drag.stay();
}

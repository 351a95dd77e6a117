/** The page drop zone, used as a person uses it: by dragging files over a web page. */
import type { CDPSession, Frame, Page } from "puppeteer-core";

const OVERLAY = "/content/overlay.html";

/** Drags files over the middle of a page, without letting go. Trusted events, as from a person. */
export class Drag {
  private constructor(
    private readonly session: CDPSession,
    private readonly files: string[],
  ) {}

  /** Enters the page. */
  static async begin(page: Page, files: string[]): Promise<Drag> {
    const drag = new Drag(await page.createCDPSession(), files);
    await drag.#send("dragEnter");
    await drag.#send("dragOver");
    return drag;
  }

  /**
   * Moves over what is now under the pointer. A browser tells a frame that has come there that the drag enters it; the
   * protocol of the driver leaves that to us.
   */
  async stay(): Promise<void> {
    await this.#send("dragEnter");
    await this.#send("dragOver");
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

  /** Lets go over the overlay. */
  async drop(frame: Frame): Promise<void> {
    await this.over(frame);
    await this.#send("drop");
    await this.session.detach();
  }

  /** Leaves the window, or presses Escape: the browser tells the page the same. */
  async cancel(): Promise<void> {
    await this.#send("dragCancel");
    await this.session.detach();
  }

  async #send(type: "dragEnter" | "dragOver" | "drop" | "dragCancel"): Promise<void> {
    const data = { items: [], files: this.files, dragOperationsMask: 1 };
    await this.session.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data });
  }
}

/** The overlay's frame in the page, if there is one. */
export function overlayIn(page: Page): Frame | undefined {
  return page.frames().find((frame) => frame.url().includes(OVERLAY));
}

/** Waits until the overlay is there and takes drops. */
export async function armedOverlay(page: Page): Promise<Frame> {
  const frame = await page.waitForFrame((one) => one.url().includes(OVERLAY));
  await frame.waitForSelector("#zone", { visible: true });
  return frame;
}

import { loadWasm } from "deadlinejs/common";
import { browser, pageUrl, WASM_PATH } from "../shared/browser.ts";
import { isFromBackground, readMessage, type Sender } from "../shared/message-guard.ts";
import { type FromUploads, type Reply, type ToUploads, toHost, UPLOADS_CHANNEL } from "../shared/messages.ts";
import { type UploadOrder, UploadRun } from "./upload-run.ts";

/** Takes orders from the background and files from pages, and tells pages how uploads go. */
export class EngineHost {
  private readonly channel = new BroadcastChannel(UPLOADS_CHANNEL);
  /** The running upload, or the last one: pages that open later want to see its end. */
  private run: UploadRun | undefined;

  /** Begins to listen; must be called while the page's script runs for the first time. */
  listen(): void {
    browser.runtime.onMessage.addListener((message: unknown, sender: Sender) => {
      if (!isFromBackground(sender)) return undefined;
      const order = readMessage(toHost, message);
      return order && this.open(order);
    });
    this.channel.onmessage = ({ data }: MessageEvent<ToUploads | FromUploads>) => {
      if (data.to === "host") this.take(data);
    };
  }

  private async open(order: UploadOrder): Promise<Reply<null>> {
    if (this.run?.isRunning) return { ok: false, problem: RUNNING };
    await loadWasm(pageUrl(WASM_PATH));
    this.run = new UploadRun(order, (message) => this.channel.postMessage(message));
    return { ok: true, value: null };
  }

  private take(message: ToUploads): void {
    if (!this.run) return;
    if (message.type === "uploads.query") this.run.announce();
    else if (message.uploadId === this.run.uploadId) this.run.take(message);
  }
}

const RUNNING = {
  code: "upload-running",
  what: "Another upload is running.",
  next: "Wait for its end or cancel it, then drop again.",
};

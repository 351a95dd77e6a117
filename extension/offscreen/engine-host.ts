import { init as loadWasm } from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import { listen } from "../shared/message-road.ts";
import {
  type Reply,
  type Source,
  type ToUploads,
  toHost,
  toUploads,
  UPLOADS_CHANNEL,
} from "../shared/messages.ts";
import { previewOpen } from "../shared/preview-open.ts";
import { readMessage } from "../shared/read-message.ts";
import { isFrom } from "../shared/sender.ts";
import { RETRY_GONE, RUNNING } from "./problems.ts";
import { uploadResource } from "./upload-resource.ts";
import { type UploadOrder, UploadRun } from "./upload-run.ts";

/** Takes orders from the background and files from pages, and tells pages how uploads go. */
export class EngineHost {
  private readonly channel = new BroadcastChannel(UPLOADS_CHANNEL);
  /** The running upload, or the last one: pages that open later want to see its end. */
  private run: UploadRun | undefined;
  /** An order has got through and waits for module or journal; a second one must not pass it meanwhile. */
  private isBeginning = false;

  /** `stayAwake` is told of each upload, where the browser would stop the host in the middle of one. */
  constructor(private readonly stayAwake: (until: Promise<void>) => void = () => undefined) {}

  /** Begins to listen; must be called while the page's script runs for the first time. */
  listen(): void {
    listen((message, sender) => {
      const order = readMessage(toHost, message);
      if (!order || !isFrom(toHost[order.type].from, sender)) return undefined;
      switch (order.type) {
        case "host.open":
          return this.open(order);
        case "host.retry":
          return this.retry(order.uploadId);
        case "host.fetch":
          return this.fetch(order.source);
        case "credentials.renewed":
          return this.renewCredentials(order.uploadId);
      }
    });
    this.channel.onmessage = ({ data }) => {
      const message = readMessage(toUploads, data);
      if (message) this.take(message);
    };
  }

  private open(order: UploadOrder): Promise<Reply<null>> {
    return this.alone(async () => {
      await loadWasm(pageUrl(WASM_PATH));
      const run = await UploadRun.begin(order, (message) => this.channel.postMessage(message));
      this.run?.dispose();
      this.run = run;
      this.stayAwake(run.ended);
      return { ok: true, value: null };
    });
  }

  private retry(uploadId: string): Promise<Reply<null>> {
    return this.alone(async () => {
      const { run } = this;
      if (run?.uploadId !== uploadId || !(await run.retry())) return { ok: false, problem: RETRY_GONE };
      this.stayAwake(run.ended);
      return { ok: true, value: null };
    });
  }

  /** There is one upload at a time, and no second one comes in while the first is still being begun. */
  private async alone(begin: () => Promise<Reply<null>>): Promise<Reply<null>> {
    if (this.run?.isHeld) return { ok: false, problem: previewOpen(this.run.label) };
    if (this.isBeginning || this.run?.isRunning) return { ok: false, problem: RUNNING };
    this.isBeginning = true;
    try {
      return await begin();
    } finally {
      this.isBeginning = false;
    }
  }

  private async fetch(source: Source): Promise<Reply<null>> {
    void uploadResource(source);
    return { ok: true, value: null };
  }

  private async renewCredentials(uploadId: string): Promise<Reply<null>> {
    if (this.run?.uploadId === uploadId) this.run.credentialsRenewed();
    return { ok: true, value: null };
  }

  private take(message: ToUploads): void {
    if (!this.run) return;
    if (message.type === "uploads.query") this.run.announce();
    else if (message.uploadId === this.run.uploadId) this.run.take(message);
  }
}

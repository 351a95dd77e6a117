import { UploadDriver, type UploadOutcome } from "deadlinejs";
import { HASH_WORKER_PATH, pageUrl, WASM_PATH } from "../shared/browser.ts";
import {
  type FromUploads,
  intakeLockName,
  type NotTaken,
  type ProfileFields,
  type ToUploads,
  type UploadState,
} from "../shared/messages.ts";
import { tellUploadEnded, VaultSigner } from "./vault-client.ts";

/** Time between two announcements, in milliseconds. */
const ANNOUNCE_EVERY = 100;

/** What the background orders. */
export interface UploadOrder {
  uploadId: string;
  label: string;
  /** Where it goes; stays as it was at the beginning, whatever is edited meanwhile. */
  profile: ProfileFields;
}

/** One upload in the engine host: joins the driver with the channel to the pages. */
export class UploadRun {
  readonly uploadId: string;
  private readonly driver: UploadDriver;
  private readonly notTaken: NotTaken[] = [];
  private readonly startedAt = Date.now();
  private endedAt: number | undefined;
  private outcome: UploadOutcome | undefined;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly order: UploadOrder,
    private readonly tellPages: (message: FromUploads) => void,
  ) {
    this.uploadId = order.uploadId;
    this.driver = new UploadDriver({
      profile: order.profile,
      signer: new VaultSigner(order.uploadId),
      hashWorkerUrl: pageUrl(HASH_WORKER_PATH),
      wasmUrl: pageUrl(WASM_PATH),
      onEnd: (outcome) => this.end(outcome),
    });
    this.timer = setInterval(() => this.announce(), ANNOUNCE_EVERY);
    // The page holds this lock until it has handed over everything: who gets it earlier knows that it is gone.
    void navigator.locks.request(intakeLockName(order.uploadId), () => this.driver.loseIntake());
    this.announce();
  }

  /** Whether it has not ended yet. */
  get isRunning(): boolean {
    return this.outcome === undefined;
  }

  /** Does what a page asks of this upload. */
  take(message: Exclude<ToUploads, { type: "uploads.query" }>): void {
    switch (message.type) {
      case "intake.files":
        this.takeFiles(message);
        break;
      case "intake.end":
        this.driver.endIntake();
        this.announce();
        break;
      case "upload.cancel":
        this.driver.cancel();
        break;
    }
  }

  private takeFiles({ uploadId, batch, files, notTaken }: ToUploads & { type: "intake.files" }): void {
    this.notTaken.push(...notTaken);
    this.driver.addFiles(files, notTaken);
    this.tellPages({ to: "pages", type: "intake.taken", uploadId, batch });
  }

  /** Tells all pages how it goes. */
  announce(): void {
    this.tellPages({ to: "pages", type: "upload.state", state: this.state() });
  }

  private end(outcome: UploadOutcome): void {
    clearInterval(this.timer);
    this.outcome = outcome;
    this.endedAt = Date.now();
    this.announce();
    tellUploadEnded(this.uploadId);
  }

  private state(): UploadState {
    const { uploadId, label, profile } = this.order;
    const progress = this.driver.progress();
    return {
      uploadId,
      label,
      profileName: profile.name,
      assetRoot: profile.assetRoot,
      startedAt: this.startedAt,
      ...(this.endedAt !== undefined && { endedAt: this.endedAt }),
      ...progress,
      notTaken: this.isRunning ? [] : this.notTaken,
      problems: this.outcome?.type === "failed" ? this.outcome.problems : [],
      ...(this.outcome?.type === "complete" && { result: this.outcome.result }),
    };
  }
}

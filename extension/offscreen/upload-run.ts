import type { StorageProfile, UploadOutcome, UploadSummary } from "deadlinejs/common";
import { PooledWorkerExecutor } from "deadlinejs/hash";
import { forgetUnfinished, type Journal, noteUnfinished, openJournal } from "deadlinejs/journal";
import { SignedFetchStore } from "deadlinejs/storage";
import { UploadDriver, type UploadDriverOptions } from "deadlinejs/upload";
import { HASH_WORKER_PATH, pageUrl } from "../shared/browser.ts";
import { noteHistory } from "../shared/history.ts";
import { entryOf } from "../shared/history-entry.ts";
import {
  type FilePatterns,
  type FromUploads,
  intakeLockName,
  NAMED_AT_MOST,
  type NotTaken,
  type ProfileFields,
  type ReceiptFormat,
  type ToUploads,
  type UploadEnd,
  type UploadState,
  uploadLockName,
} from "../shared/messages.ts";
import { isEnded } from "../shared/upload-summary.ts";
import { journalPlace } from "./journal-place.ts";
import { PercentReports } from "./percent-reports.ts";
import { isUnseen } from "./preview-seen.ts";
import { PATTERNS_REFUSED } from "./problems.ts";
import { RootFiles } from "./root-files.ts";
import { storeUrl } from "./store-url.ts";
import { tellCredentialsNeeded, tellPercent, tellUploadEnded, VaultSigner } from "./vault-client.ts";

/** What the background orders. */
export interface UploadOrder {
  uploadId: string;
  label: string;
  /** Where it goes; stays as it was at the beginning, whatever is edited meanwhile. */
  profile: ProfileFields;
  /** Its locations are asset roots of their own, or are not uploaded. */
  storageProfile?: StorageProfile;
  /** Whether nothing is sent before a page says so. */
  hold: boolean;
  /** Which files belong to it; without them all do. */
  patterns?: FilePatterns;
}

/** One upload in the engine host: joins the driver with the channel to the pages. */
export class UploadRun {
  readonly uploadId: string;
  private readonly driver: UploadDriver;
  private hashers = new PooledWorkerExecutor(undefined, pageUrl(HASH_WORKER_PATH));
  private readonly roots = new RootFiles();
  private readonly notTaken: NotTaken[] = [];
  private readonly startedAt = Date.now();
  private endedAt: number | undefined;
  private outcome: UploadOutcome | undefined;
  /** Somebody wants it sent. */
  private isBegun = false;
  private patterns: FilePatterns | undefined;
  /** The choice of files that was told last could not be read. */
  private isChoiceRefused = false;
  private skipped: { about: string; told: Pick<UploadState, "notTaken" | "notTakenCount"> } | undefined;
  private percentReports = new PercentReports((percent) => tellPercent(this.uploadId, percent));
  /** Kept when it has ended and nothing of it is left to write down. */
  private ending = Promise.withResolvers<void>();
  private isWithoutCredentials = false;
  /** What was noted last has to stay the last. */
  private noting: Promise<void> = Promise.resolve();
  /** Aborted when nobody has to look at a preview any more. */
  private readonly unseen = new AbortController();

  /** Begins with what the journal knows of the store. The WASM module must be loaded. */
  static async begin(order: UploadOrder, tellPages: (message: FromUploads) => void): Promise<UploadRun> {
    const journal = await openJournal(journalPlace(order.profile));
    const known = { checksums: await journal?.checksums(), earlierSpeed: await journal?.speed() };
    return new UploadRun(order, tellPages, journal, known);
  }

  private constructor(
    private readonly order: UploadOrder,
    private readonly tellPages: (message: FromUploads) => void,
    private journal: Journal | undefined,
    known: Pick<UploadDriverOptions, "checksums" | "earlierSpeed">,
  ) {
    const { uploadId, profile, storageProfile, hold, patterns } = order;
    this.uploadId = uploadId;
    this.driver = new UploadDriver({
      settings: {
        profile,
        ...(storageProfile && { storageProfile }),
        manifest: { guid: crypto.randomUUID(), version: profile.manifestVersion },
      },
      store: new SignedFetchStore(new VaultSigner(uploadId)),
      lanes: this.hashers.lanes,
      journal,
      ...known,
      // Patterns count only before the beginning.
      holdUntilBegin: hold || patterns !== undefined,
      files: this.roots,
      onProgress: ({ phase }) => {
        // What came of it is told together with the end.
        if (!isEnded({ phase })) this.announce();
      },
      onEnd: (outcome) => this.end(outcome),
    });
    this.holdLock();
    // The page holds this lock until it has handed over everything: who gets it earlier knows that it is gone.
    void navigator.locks.request(intakeLockName(uploadId), () => {
      this.driver.loseIntake();
      void this.cancelUnseen();
    });
    if (patterns) this.select(patterns);
    if (!hold) this.send();
    this.announce();
  }

  /** Settles when it has ended and nothing of it is left to write down. */
  get ended(): Promise<void> {
    return this.ending.promise;
  }

  /** Whether it has not ended yet. */
  get isRunning(): boolean {
    return this.outcome === undefined;
  }

  /** Whether it waits for somebody to say that it is to be sent. */
  get isHeld(): boolean {
    return this.isRunning && !this.isBegun;
  }

  /** What was dropped, for people. */
  get label(): string {
    return this.order.label;
  }

  /**
   * Takes it up again after it has failed: only what failed is read and sent again.
   *
   * @returns whether that can be
   */
  async retry(): Promise<boolean> {
    if (this.isRunning || this.retryKind() !== "now") return false;
    await this.ended;
    this.journal = await openJournal(journalPlace(this.order.profile));
    this.hashers = new PooledWorkerExecutor(undefined, pageUrl(HASH_WORKER_PATH));
    this.percentReports = new PercentReports((percent) => tellPercent(this.uploadId, percent));
    this.outcome = undefined;
    this.endedAt = undefined;
    this.ending = Promise.withResolvers();
    this.holdLock();
    this.noteUnfinished();
    this.driver.retry({ lanes: this.hashers.lanes, journal: this.journal });
    this.announce();
    return true;
  }

  /** Another upload takes its place: its files are let go of. */
  dispose(): void {
    this.driver.dispose();
  }

  private holdLock(): void {
    void navigator.locks.request(uploadLockName(this.uploadId), () => this.ended);
  }

  private retryKind(): UploadState["retry"] {
    return this.driver.canRetry(this.roots.hasAny);
  }

  /** There are other credentials than before. */
  credentialsRenewed(): void {
    this.driver.credentialsRenewed();
  }

  /** Does what a page asks of this upload. */
  take(message: Exclude<ToUploads, { type: "uploads.query" }>): void {
    switch (message.type) {
      case "intake.files":
        void this.takeFiles(message);
        break;
      case "intake.roots":
        this.roots.take(message.roots);
        this.noteUnfinished();
        break;
      case "intake.end":
        void this.driver.endIntake().then(() => this.announce());
        break;
      case "upload.select":
        this.select(message.patterns);
        break;
      case "upload.send":
        this.send();
        this.announce();
        break;
      case "upload.pause":
        this.driver.pause();
        break;
      case "upload.resume":
        this.driver.resume();
        break;
      case "upload.cancel":
        this.driver.cancel();
        break;
      case "files.query":
        this.tellFiles(message);
        break;
      case "receipt.make":
        this.tellReceipt(message);
        break;
    }
  }

  private tellFiles({ uploadId, query, filter, from, count }: ToUploads & { type: "files.query" }): void {
    const window = this.driver.files(filter, from, count);
    if (window) this.tellPages({ to: "pages", type: "files.rows", uploadId, query, window });
  }

  private tellReceipt({ uploadId, query, format }: ToUploads & { type: "receipt.make" }): void {
    const receipt = this.receipt(format);
    if (receipt) this.tellPages({ to: "pages", type: "receipt.made", uploadId, query, receipt });
  }

  /** Nothing where the upload has not ended. */
  private receipt(format: ReceiptFormat): Blob | undefined {
    const [profile, started] = [this.order.profile.name, BigInt(this.startedAt)];
    const ended = BigInt(this.endedAt ?? this.startedAt);
    const pieces = [...this.driver.receipt(format, { profile, started, ended })];
    const type = format === "json" ? "application/json" : "text/csv";
    return pieces.length > 0 ? new Blob(pieces, { type }) : undefined;
  }

  private async takeFiles({ uploadId, batch, files, notTaken }: ToUploads & { type: "intake.files" }) {
    this.notTaken.push(...notTaken);
    await this.driver.addFiles(files, notTaken);
    this.tellPages({ to: "pages", type: "intake.taken", uploadId, batch });
  }

  /** Tells all pages how it goes. */
  announce(state = this.state()): void {
    this.tellPages({ to: "pages", type: "upload.state", state });
    if (this.isRunning && this.isBegun) this.percentReports.take(state.percent);
    const isWithoutCredentials = state.waiting?.type === "credentials";
    if (isWithoutCredentials && !this.isWithoutCredentials) tellCredentialsNeeded(this.uploadId);
    this.isWithoutCredentials = isWithoutCredentials;
  }

  private select(patterns: FilePatterns): void {
    // Without effect, and what is noted must stay what it was begun with.
    if (this.isBegun) return;
    try {
      this.driver.select(patterns);
    } catch (error) {
      console.warn("patterns were refused", error instanceof Error ? error.message : error);
      this.isChoiceRefused = true;
      this.announce();
      return;
    }
    this.isChoiceRefused = false;
    this.patterns = patterns;
    this.skipped = undefined;
    this.announce();
  }

  /**
   * What a preview and an end tell of what is not uploaded. Asked for with every state, and looked for only after a change:
   * in a preview that shows in the number of files that are left out.
   */
  private notTakenNow(filesLeftOut: number | undefined): Pick<UploadState, "notTaken" | "notTakenCount"> {
    if (filesLeftOut === undefined && this.isRunning) return { notTaken: [], notTakenCount: 0 };
    const about = `${this.notTaken.length} ${filesLeftOut}`;
    if (this.skipped?.about !== about) {
      const { files, first } = this.driver.leftOut(NAMED_AT_MOST);
      const notTaken = [...this.notTaken.slice(0, NAMED_AT_MOST), ...first].slice(0, NAMED_AT_MOST);
      this.skipped = { about, told: { notTaken, notTakenCount: this.notTaken.length + files } };
    }
    return this.skipped.told;
  }

  /** Not with another choice of files than the person has made. */
  private send(): void {
    if (this.isChoiceRefused) return;
    this.isBegun = true;
    this.unseen.abort();
    this.driver.begin();
    this.noteUnfinished();
  }

  /** A preview that nobody looks at any more would only be in the way of the next drop. */
  private async cancelUnseen(): Promise<void> {
    if (await isUnseen(this.uploadId, this.unseen.signal)) this.driver.cancel();
  }

  /** Only what somebody wanted sent is to be continued. */
  private noteUnfinished(): void {
    if (!this.isRunning || !this.isBegun) return;
    const { uploadId, label, profile } = this.order;
    const { startedAt, patterns } = this;
    const unfinished = {
      uploadId,
      label,
      profileName: profile.name,
      startedAt,
      roots: this.roots.all,
      ...(patterns && { patterns }),
    };
    this.noting = this.noting.then(() => noteUnfinished(unfinished));
  }

  private end(outcome: UploadOutcome): void {
    this.outcome = outcome;
    this.endedAt = Date.now();
    this.unseen.abort();
    this.hashers.dispose();
    this.journal?.close();
    void this.noting.then(() => forgetUnfinished(this.uploadId)).then(this.ending.resolve);
    this.percentReports.stop();
    // Before anybody hears of the end and looks for it there.
    const state = this.state();
    void noteHistory(entryOf(state));
    this.announce(state);
    tellUploadEnded(this.uploadId, endOf(this.order.label, outcome));
  }

  private state(): UploadState {
    const { uploadId, label, profile } = this.order;
    const { outcome } = this;
    const retry = this.isRunning ? undefined : this.retryKind();
    const progress = this.driver.progress();
    const { preview } = progress;
    const problems = outcome?.type === "failed" ? outcome.problems : [];
    return {
      uploadId,
      label,
      profileName: profile.name,
      assetRoot: profile.assetRoot,
      server: storeUrl(profile).host,
      startedAt: this.startedAt,
      ...(this.endedAt !== undefined && { endedAt: this.endedAt }),
      ...progress,
      ...(outcome?.type === "cancelled" && !this.isBegun && { isGivenUp: true as const }),
      ...(preview && this.patterns && { patterns: this.patterns }),
      ...(preview && this.isChoiceRefused && { refusal: PATTERNS_REFUSED }),
      ...this.notTakenNow(preview?.filesLeftOut),
      problems: problems.slice(0, NAMED_AT_MOST),
      problemCount: problems.length,
      ...(outcome?.type === "complete" && resultOf(outcome.result)),
      ...(retry && { retry }),
    };
  }
}

function endOf(label: string, outcome: UploadOutcome): UploadEnd {
  if (outcome.type === "cancelled") return { phase: "cancelled", label };
  if (outcome.type === "failed") {
    const [problem] = outcome.problems;
    return { phase: "failed", label, ...(problem && { problem }) };
  }
  const { files, manifest } = outcome.result;
  return { phase: "complete", label, files, attachments: manifest?.attachments ?? "" };
}

/** There always is a manifest: one was ordered. */
function resultOf({ manifest, ...result }: UploadSummary): Pick<UploadState, "result"> {
  return manifest ? { result: { ...result, manifest } } : {};
}

import {
  checkPattern,
  type EngineAction,
  type EngineEvent,
  type FileFilter,
  type FileWindow,
  type LeftOut,
  type NotTaken,
  type ObjectResult,
  type Problem,
  type ReadFailure,
  type ReceiptFacts,
  type ReceiptFormat,
  type Retry,
  UploadEngine,
  type UploadOutcome,
  type UploadProgress,
  type UploadSettings,
  ValidationError,
} from "../common/index.ts";
import type { HashLanes } from "../hash/index.ts";
import type { Journal } from "../journal/index.ts";
import type { ObjectStore } from "../storage/index.ts";
import type { FileSource } from "./file-source.ts";
import { lookAt } from "./look-at.ts";
import { RangeReader } from "./range-reader.ts";
import { RequestSender } from "./request-sender.ts";

/** What an upload needs to run. */
export interface UploadDriverOptions {
  /** Where it goes and how; a profile must be good, see `checkProfile`. */
  settings: Pick<
    UploadSettings,
    "profile" | "place" | "storageProfile" | "manifest" | "skipExistenceCheck" | "connectionsPerHost"
  >;
  /** Carries the requests. */
  store: ObjectStore;
  /** Reads and hashes; stays its owner's. */
  lanes: HashLanes;
  /** What outlives the upload; it stays its owner's. */
  journal?: Journal | undefined;
  /** What the journal knows of the server. */
  checksums?: UploadSettings["checksums"];
  /** Bytes each second of an earlier upload, as the journal knows it; for the estimate of a preview. */
  earlierSpeed?: bigint | undefined;
  /** Read files and ask the store, but send nothing before `begin`: `progress().preview` tells what would be sent. */
  holdUntilBegin?: boolean | undefined;
  /** Where fresh looks at files are to be had; without one, a file that has changed is reported. */
  files?: FileSource | undefined;
  /** Told at most ten times a second, and at the end. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** Told that new credentials are needed; answered by `credentialsRenewed` or `credentialsRefused`. */
  onNeedCredentials?: ((problem: Problem) => void) | undefined;
  /** Told once, when the upload has ended. */
  onEnd: (outcome: UploadOutcome) => void;
}

/** One file of an upload. */
export interface FileToUpload {
  /** The browser's handle to its bytes. */
  file: File;
  /** Path below the asset root. */
  relativePath: string;
  /** Its hashes (one, or one for each chunk), if somebody has read it already. */
  known?: readonly string[] | undefined;
}

/**
 * Which files belong to an upload. `*` and `?` stand for characters of a name, `**` for any folders; a pattern may begin
 * at any folder, one with a slash in front begins at the asset root; what matches a folder matches all in it.
 */
export interface FilePatterns {
  /** Without any, all files are included. */
  readonly include: readonly string[];
  /** Has the last word. */
  readonly exclude: readonly string[];
}

interface Held {
  file: File;
  path: string;
}

/**
 * Runs one upload: does what the engine asks for and tells it what came of it. It decides nothing.
 *
 * Holds each `File` until the engine lets go of it, and no bytes but those of bodies under way. The module
 * must be loaded in this context. After the end it still tells of its files, until {@link dispose}.
 */
export class UploadDriver {
  private readonly engine: UploadEngine;
  private reader: RangeReader;
  private readonly sender: RequestSender;
  private readonly held = new Map<number, Held>();
  private readonly manifest: string[] = [];
  /** Files are added one batch after the other: the journal is asked about each. */
  private intake: Promise<void> = Promise.resolve();
  /** What was begun in an earlier one is not told in a later one. */
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastProgress: UploadProgress;
  private end: { progress: UploadProgress } | undefined;

  /** @throws as the constructor of `UploadEngine` */
  constructor(private options: UploadDriverOptions) {
    const { settings, journal, checksums, earlierSpeed, holdUntilBegin } = options;
    this.engine = new UploadEngine({
      ...settings,
      // There are as many readings as they can take.
      processors: options.lanes.count,
      seed: crypto.getRandomValues(new BigUint64Array(1))[0] ?? 1n,
      hasJournal: journal !== undefined,
      ...(checksums && { checksums }),
      ...(earlierSpeed !== undefined && { earlierSpeed }),
      ...(holdUntilBegin && { holdUntilBegin }),
    });
    this.lastProgress = this.engine.progress();
    const tell = (event: EngineEvent) => this.tell(event);
    const breakDown = (error: unknown) => this.breakDown(error);
    this.reader = this.newReader();
    const bodies = {
      file: (id: number) => this.file(id),
      manifest: () => new Blob(this.manifest),
    };
    this.sender = new RequestSender(options.store, bodies, tell, breakDown);
  }

  /** Adds files; their hashing begins at once. Settles when they are taken. */
  addFiles(files: readonly FileToUpload[], notTaken: Iterable<NotTaken> = []): Promise<void> {
    const items = [...notTaken];
    return this.inOrder(async () => {
      const known = await this.knownHashes(files);
      this.attempt(() => {
        for (const [index, { file, relativePath }] of files.entries()) {
          const [size, modified] = [BigInt(file.size), BigInt(file.lastModified)];
          const id = this.engine.addFile(relativePath, size, modified, known[index]);
          if (id !== undefined) this.held.set(id, { file, path: relativePath });
        }
        for (const item of items) this.engine.addNotTaken(item);
      });
    });
  }

  /** No more files will come. */
  endIntake(): Promise<void> {
    return this.inOrder(async () => this.tell({ type: "intake-ended" }));
  }

  /** The page that added files went away; without effect once the intake has ended. */
  loseIntake(): void {
    void this.inOrder(async () => this.tell({ type: "intake-lost" }));
  }

  /**
   * From now on these patterns decide which files belong to the upload. Without effect once it has begun.
   *
   * @throws `ValidationError` for a pattern that cannot be read, see `checkPattern`
   */
  select({ include, exclude }: FilePatterns): void {
    for (const pattern of [...include, ...exclude]) {
      const fault = checkPattern(pattern);
      if (fault) throw new ValidationError(fault.message, fault.code);
    }
    this.tell({ type: "select", include: [...include], exclude: [...exclude] });
  }

  /** Sends what was held until now; files may still come, and nothing has to be ready. */
  begin(): void {
    this.tell({ type: "begin" });
  }

  /** The files that the patterns leave out, or that workers have, at most so many of them by name. */
  leftOut(most: number): LeftOut {
    return this.engine.leftOut(most);
  }

  /** Sends nothing until {@link resume}. */
  pause(): void {
    this.tell({ type: "paused" });
  }

  /** Goes on. */
  resume(): void {
    this.tell({ type: "resumed" });
  }

  /** Stops; what is in the store stays there. Without effect once the upload has ended. */
  cancel(): void {
    this.tell({ type: "cancelled" });
  }

  /** There are new credentials. */
  credentialsRenewed(): void {
    this.tell({ type: "credentials-renewed" });
  }

  /** There will be none. */
  credentialsRefused(problem: Problem): void {
    this.tell({ type: "credentials-refused", problem });
  }

  /** Where the upload is. */
  progress(): UploadProgress {
    if (this.end) return this.end.progress;
    this.lastProgress = this.engine.progress();
    return this.lastProgress;
  }

  /** What became of each distinct content that is in the store; complete once the upload has ended. */
  objects(): readonly ObjectResult[] {
    const places = Array.from({ length: this.engine.objectCount }, (_, index) => index);
    return places.flatMap((index) => this.engine.object(index) ?? []);
  }

  /**
   * At most `count` lines of the list of files, from the line `from` on, counted from 0; also after the end. Nothing
   * where the engine is broken.
   */
  files(filter: FileFilter, from: number, count: number): FileWindow | undefined {
    return unlessBroken(() => this.engine.files(filter, from, count));
  }

  /**
   * Whether {@link retry} may lead to a complete manifest; nothing where it cannot, or the upload has not failed.
   *
   * @param readsAnew whether the upload's `FileSource` can get at its files
   */
  canRetry(readsAnew: boolean): Retry | undefined {
    return unlessBroken(() => this.engine.retry(readsAnew));
  }

  /**
   * Takes a failed upload up again: only the files that failed are read anew. What was handed over at the beginning may be
   * gone by now, so it is given anew. `onEnd` is called once more.
   */
  retry(tools: Pick<UploadDriverOptions, "lanes" | "journal">): void {
    if (!this.end || this.canRetry(true) === undefined) return;
    this.attempts += 1;
    this.options = { ...this.options, ...tools };
    this.reader = this.newReader();
    this.end = undefined;
    this.tell({ type: "retry-failed" });
  }

  /** The receipt of an upload that has ended, in pieces of at most a megabyte or so. */
  *receipt(format: ReceiptFormat, facts: ReceiptFacts): Generator<string, void, void> {
    for (let number = 0; ; number += 1) {
      const piece = unlessBroken(() => this.engine.receiptPiece(format, facts, number));
      if (piece === undefined) return;
      yield piece;
    }
  }

  /** Frees the engine. Nothing can be asked of an upload after that; one that runs has to be cancelled first. */
  dispose(): void {
    this.held.clear();
    this.engine.free();
  }

  private newReader(): RangeReader {
    const tell = (event: EngineEvent) => this.tell(event);
    return new RangeReader(this.options.lanes, tell, (error) => this.breakDown(error));
  }

  private inOrder(step: () => Promise<void>): Promise<void> {
    this.intake = this.intake.then(step).catch((error: unknown) => this.breakDown(error));
    return this.intake;
  }

  private async knownHashes(files: readonly FileToUpload[]): Promise<string[][]> {
    const fromJournal = await this.options.journal?.knownHashes(
      files.map(({ file, relativePath }) => ({
        path: relativePath,
        size: BigInt(file.size),
        modified: BigInt(file.lastModified),
      })),
    );
    return files.map(({ known }, index) => (known ? [...known] : (fromJournal?.[index] ?? [])));
  }

  private tell(event: EngineEvent): void {
    this.attempt(() => this.engine.handle(performance.now(), event));
  }

  /** Lets the engine take something and does what it asks for then; whatever throws ends the upload. */
  private attempt(step: () => void): void {
    if (this.end) return;
    try {
      step();
      this.pump();
    } catch (error) {
      this.breakDown(error);
    }
  }

  private pump(): void {
    for (let action = this.engine.nextAction(); action; action = this.engine.nextAction())
      this.perform(action);
    const outcome = this.engine.outcome();
    if (outcome) this.finish(outcome);
  }

  private perform(action: EngineAction): void {
    switch (action.type) {
      case "hash":
        void this.reader.read(action, (id) => this.file(id));
        break;
      case "refresh":
        void this.refresh(action.file);
        break;
      case "release":
        for (const id of action.files) this.held.delete(id);
        break;
      case "send":
        void this.sender.send(action);
        break;
      case "abort-request":
        this.sender.abort(action.request);
        break;
      case "stop-reading":
        this.reader.stop();
        break;
      case "abort":
        this.reader.stop();
        this.sender.abortAll();
        break;
      case "begin-manifest":
        this.manifest.length = 0;
        break;
      case "append-manifest":
        this.manifest.push(action.text);
        break;
      case "look-up":
        void this.lookUp(action.hashes);
        break;
      case "remember":
        void this.options.journal?.remember(action.records);
        break;
      case "need-credentials":
        this.options.onNeedCredentials?.(action.problem);
        break;
      case "report":
        this.options.onProgress?.(this.progress());
        break;
      case "wait-until":
        clearTimeout(this.timer);
        this.timer = setTimeout(
          () => this.tell({ type: "time-passed" }),
          action.time - performance.now() + 1,
        );
        break;
    }
  }

  private file(id: number): File {
    const held = this.held.get(id);
    if (!held) throw new Error(`the engine asked for file ${id}, which it does not hold`);
    return held.file;
  }

  private async lookUp(hashes: readonly string[]): Promise<void> {
    const { attempts } = this;
    const contents = (await this.options.journal?.lookUp(hashes)) ?? hashes.map((hash) => ({ hash }));
    if (attempts !== this.attempts) return;
    this.tell({ type: "looked-up", wall: BigInt(Date.now()), contents });
  }

  private async refresh(id: number): Promise<void> {
    const held = this.held.get(id);
    // The engine asks for no file that it has let go of.
    if (!held) return;
    const { attempts } = this;
    const fresh = await this.freshFile(held);
    if (attempts !== this.attempts) return;
    if (typeof fresh === "string") {
      this.tell({ type: "refresh-failed", file: id, why: fresh });
      return;
    }
    this.held.set(id, { ...held, file: fresh });
    const [size, modified] = [BigInt(fresh.size), BigInt(fresh.lastModified)];
    this.tell({ type: "refreshed", file: id, size, modified });
  }

  /** The reason for a file of which no fresh look can be had, and which cannot be read as it is. */
  private async freshFile({ file, path }: Held): Promise<File | ReadFailure> {
    const fresh = await this.options.files?.getFile(path).catch(() => undefined);
    // It may only have had other bytes than somebody said; then it can be read as it is.
    return fresh ?? (await lookAt(file)) ?? file;
  }

  private breakDown(error: unknown): void {
    if (this.end) return;
    this.perform({ type: "abort" });
    const message = error instanceof Error ? error.message : String(error);
    const what = `The upload engine stopped: ${message}.`;
    const next = "Upload again; if it stops again, report this sentence as a defect.";
    this.finish({ type: "failed", problems: [{ code: "engine-broken", what, next }] });
  }

  private finish(outcome: UploadOutcome): void {
    const progress = unlessBroken(() => this.progress()) ?? this.lastProgress;
    this.end = { progress: { ...progress, phase: outcome.type } };
    clearTimeout(this.timer);
    // Who takes it up again reads them.
    if (this.canRetry(true) === undefined) this.held.clear();
    this.options.onProgress?.(this.end.progress);
    this.options.onEnd(outcome);
  }
}

/** An engine that is broken, or was disposed of, cannot tell any more. */
function unlessBroken<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

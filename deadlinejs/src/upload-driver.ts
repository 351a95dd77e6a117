import {
  type EngineAction,
  type EngineEvent,
  type NotTaken,
  type ProfileFields,
  type ReadFailure,
  UploadEngine,
  type UploadOutcome,
  type UploadProgress,
} from "./common/index.ts";
import { HashPool, type HashReport, readFailure } from "./hash/index.ts";
import { type RequestSigner, SigningRefused, sendSigned } from "./storage/index.ts";

/** What an upload needs to run. */
export interface UploadDriverOptions {
  /** A good profile; see `checkProfile`. */
  profile: ProfileFields;
  signer: RequestSigner;
  /** Address of the bundled hash worker. */
  hashWorkerUrl: URL | string;
  /** Address of the WASM module, which must be loaded in this context already. */
  wasmUrl: URL | string;
  /** Told once, when the upload has ended. */
  onEnd: (outcome: UploadOutcome) => void;
}

/**
 * Runs one upload: does what the engine asks for and tells it what came of it. It decides nothing.
 *
 * Holds the `File` objects until the end, never their bytes.
 */
export class UploadDriver {
  private readonly engine: UploadEngine;
  private readonly pool: HashPool;
  private readonly files = new Map<number, File>();
  /** One for each request under way. */
  private readonly aborters = new Map<number, AbortController>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastProgress: UploadProgress;
  private end: { progress: UploadProgress } | undefined;

  /** @throws `AttachmentError` with code `profile-invalid`. */
  constructor(private readonly options: UploadDriverOptions) {
    this.engine = new UploadEngine({
      profile: options.profile,
      guid: crypto.randomUUID(),
      processors: navigator.hardwareConcurrency,
      seed: crypto.getRandomValues(new BigUint64Array(1))[0] ?? 1n,
    });
    this.lastProgress = this.engine.progress();
    this.pool = new HashPool({
      workerUrl: options.hashWorkerUrl,
      wasmUrl: options.wasmUrl,
      size: this.engine.hashLanes,
      onReport: (report) => this.takeReport(report),
      onBroken: (message) => this.breakDown(message),
    });
  }

  /** Adds files; their hashing begins at once. */
  addFiles(files: Iterable<{ file: File; relativePath: string }>, notTaken: Iterable<NotTaken>): void {
    this.attempt(() => {
      for (const { file, relativePath } of files) {
        const id = this.engine.addFile(relativePath, BigInt(file.size), BigInt(file.lastModified));
        if (id !== undefined) this.files.set(id, file);
      }
      for (const item of notTaken) this.engine.addNotTaken(item);
    });
  }

  /** No more files will come. */
  endIntake(): void {
    this.tell({ type: "intake-ended" });
  }

  /** The page that added files went away; without effect once the intake has ended. */
  loseIntake(): void {
    this.tell({ type: "intake-lost" });
  }

  /** Stops at once; what is in the store stays there. Without effect once the upload has ended. */
  cancel(): void {
    this.tell({ type: "cancelled" });
  }

  /** Where the upload is. */
  progress(): UploadProgress {
    if (this.end) return this.end.progress;
    this.lastProgress = this.engine.progress();
    return this.lastProgress;
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
      this.breakDown(error instanceof Error ? error.message : String(error));
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
        this.pool.hash({ files: action.files.map((id) => ({ id, file: this.file(id) })) });
        break;
      case "send":
        void this.send(action);
        break;
      case "abort-request":
        this.aborters.get(action.request)?.abort();
        break;
      case "abort":
        for (const aborter of this.aborters.values()) aborter.abort();
        this.pool.dispose();
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
    const file = this.files.get(id);
    if (!file) throw new Error(`the engine asked for file ${id}, which it was never given`);
    return file;
  }

  private takeReport(report: HashReport): void {
    const file = report.id;
    switch (report.type) {
      case "read":
        this.tell({ type: "hash-progress", file, bytes: BigInt(report.bytes) });
        break;
      case "hashed":
        this.tell({ type: "hashed", file, hash: report.hash });
        break;
      case "failed":
        this.tell({ type: "hash-failed", file, why: report.why });
        break;
    }
  }

  private async send({
    request,
    method,
    key,
    headers,
    body,
  }: EngineAction & { type: "send" }): Promise<void> {
    const aborter = new AbortController();
    this.aborters.set(request, aborter);
    try {
      const source = body.type === "file" ? this.file(body.file) : undefined;
      const signed = await this.options.signer.sign({ method, key, headers });
      const answer = await sendSigned({
        method,
        request: signed,
        // A slice without a type: a File would bring along a Content-Type, which content objects do not have.
        body: source ? source.slice(0, source.size, "") : body.type === "text" ? body.text : null,
        onSent: (bytes) => this.tell({ type: "send-progress", request, bytes: BigInt(bytes) }),
        signal: aborter.signal,
      });
      const failure = source && (await lookAt(source));
      const about = { request, ...(failure && { source: failure }) };
      this.tell(answer ? { type: "answered", ...about, ...answer } : { type: "unanswered", ...about });
    } catch (error) {
      if (error instanceof SigningRefused) this.tell({ type: "unsigned", request, problem: error.problem });
      else this.breakDown(error instanceof Error ? error.message : String(error));
    } finally {
      this.aborters.delete(request);
    }
  }

  private breakDown(message: string): void {
    if (this.end) return;
    this.perform({ type: "abort" });
    const what = `The upload engine stopped: ${message}.`;
    const next = "Drop the folder again; if it stops again, report this sentence as a defect.";
    this.finish({ type: "failed", problems: [{ code: "engine-broken", what, next }] });
  }

  /** An engine that is broken cannot tell any more. */
  private progressAtTheEnd(): UploadProgress {
    try {
      return this.progress();
    } catch {
      return this.lastProgress;
    }
  }

  private finish(outcome: UploadOutcome): void {
    this.end = { progress: { ...this.progressAtTheEnd(), phase: outcome.type } };
    clearTimeout(this.timer);
    this.pool.dispose();
    this.files.clear();
    this.engine.free();
    this.options.onEnd(outcome);
  }
}

/** Whether the file is still the one that was hashed: the browser refuses to read it if it is not. */
async function lookAt(file: File): Promise<ReadFailure | undefined> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return undefined;
  } catch (error) {
    return readFailure(error, true);
  }
}

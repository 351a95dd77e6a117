import { loadedModule } from "../common/load-wasm.ts";
import { startDefaultWorker } from "./default-worker.ts";
import type { FromHashWorker, HashJob, HashReport, ToHashWorker } from "./hash-messages.ts";

/** How many workers there are, and who wants to know what they do. */
export interface HashPoolOptions {
  /** Address of the bundled `deadlinejs/worker/hash-worker.ts`; without it the package's own is looked for. */
  workerUrl?: URL | string | undefined;
  /** Address of the WASM module; without it the workers get the module of this context. */
  wasmUrl?: URL | string | undefined;
  /** Number of workers, at least 1. */
  size: number;
  /** Told about every file of every job. */
  onReport: (report: HashReport) => void;
  /** Told if a worker cannot work at all; the jobs that it held will never be reported. */
  onBroken: (message: string) => void;
  /** Told when a job is through. */
  onFree?: (job: HashJob) => void;
}

/**
 * Some workers that read and hash, one job each at a time.
 *
 * The caller keeps no more jobs under way than there are workers; a job that comes while all are busy
 * waits for the first one that is free.
 */
export class HashPool {
  private readonly workers: Worker[] = [];
  private readonly idle: Worker[] = [];
  private readonly atWork = new Map<Worker, HashJob>();
  private readonly waiting: HashJob[] = [];

  /** @throws `AttachmentError` with code `hash-worker-unknown` where the slim package is given no `workerUrl` */
  constructor(private readonly options: HashPoolOptions) {
    for (let i = 0; i < Math.max(1, options.size); i++) this.workers.push(this.start());
    this.idle.push(...this.workers);
  }

  /** Hands a job to a worker. */
  hash(job: HashJob): void {
    const worker = this.idle.pop();
    if (worker) this.give(worker, job);
    else this.waiting.push(job);
  }

  /** Gives a job up: what was not reported of it yet never will be. */
  stop(job: HashJob): void {
    const place = this.waiting.indexOf(job);
    if (place >= 0) {
      this.waiting.splice(place, 1);
      this.options.onFree?.(job);
    }
    for (const [worker, held] of this.atWork) if (held === job) tell(worker, { type: "stop" });
  }

  /** Stops all workers at once, in the middle of a file if need be; nothing more is reported. */
  dispose(): void {
    for (const worker of this.workers) worker.terminate();
    this.workers.length = 0;
    this.idle.length = 0;
    this.waiting.length = 0;
    this.atWork.clear();
  }

  private start(): Worker {
    const { workerUrl, wasmUrl } = this.options;
    const worker = workerUrl === undefined ? startDefaultWorker() : new Worker(workerUrl, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<FromHashWorker>) => this.take(worker, data);
    // A script that is not there gives an event without a message.
    worker.onerror = (event) =>
      this.options.onBroken(event.message || "the worker's script could not be loaded");
    if (wasmUrl !== undefined) tell(worker, { type: "load", module: String(wasmUrl) });
    else void this.handModule(worker);
    return worker;
  }

  /** Messages keep their order, but this one comes late: jobs wait in the worker until it is there. */
  private async handModule(worker: Worker): Promise<void> {
    try {
      tell(worker, { type: "load", module: await loadedModule() });
    } catch (error) {
      this.options.onBroken(error instanceof Error ? error.message : String(error));
    }
  }

  private take(worker: Worker, message: FromHashWorker): void {
    if (message.type === "broken") this.options.onBroken(message.message);
    else if (message.type === "free") this.release(worker);
    else if (message.type === "reports") for (const report of message.reports) this.options.onReport(report);
    else this.options.onBroken("hash-worker.js is of another version of the package");
  }

  private give(worker: Worker, job: HashJob): void {
    this.atWork.set(worker, job);
    tell(worker, { type: "hash", job });
  }

  private release(worker: Worker): void {
    const done = this.atWork.get(worker);
    this.atWork.delete(worker);
    const job = this.waiting.shift();
    if (job) this.give(worker, job);
    else this.idle.push(worker);
    if (done) this.options.onFree?.(done);
  }
}

function tell(worker: Worker, message: ToHashWorker): void {
  worker.postMessage(message);
}

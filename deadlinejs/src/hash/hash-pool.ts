import type { FromHashWorker, HashJob, HashReport } from "./hash-messages.ts";

/** Where the workers' script and the module are. */
export interface HashPoolOptions {
  /** Address of the bundled `deadlinejs/worker/hash-worker.ts`. */
  workerUrl: URL | string;
  /** Address of the WASM module. */
  wasmUrl: URL | string;
  /** Number of workers, at least 1. */
  size: number;
  /** Told about every file of every job. */
  onReport: (report: HashReport) => void;
  /** Told once if a worker cannot work at all; the jobs that it held will never be reported. */
  onBroken: (message: string) => void;
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
  private readonly waiting: HashJob[] = [];

  constructor(private readonly options: HashPoolOptions) {
    for (let i = 0; i < Math.max(1, options.size); i++) this.workers.push(this.start());
    this.idle.push(...this.workers);
  }

  /** Hands a job to a worker. */
  hash(job: HashJob): void {
    const worker = this.idle.pop();
    if (worker) worker.postMessage(job);
    else this.waiting.push(job);
  }

  /** Stops all workers at once, in the middle of a file if need be; nothing more is reported. */
  dispose(): void {
    for (const worker of this.workers) worker.terminate();
    this.workers.length = 0;
    this.idle.length = 0;
    this.waiting.length = 0;
  }

  private start(): Worker {
    const worker = new Worker(this.options.workerUrl, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<FromHashWorker>) => this.take(worker, data);
    worker.onerror = (event) => this.options.onBroken(event.message);
    worker.postMessage({ wasmUrl: String(this.options.wasmUrl) });
    return worker;
  }

  private take(worker: Worker, message: FromHashWorker): void {
    if (message.type === "broken") this.options.onBroken(message.message);
    else if (message.type === "free") this.release(worker);
    else this.options.onReport(message);
  }

  private release(worker: Worker): void {
    const job = this.waiting.shift();
    if (job) worker.postMessage(job);
    else this.idle.push(worker);
  }
}

import { AttachmentError, type HashedFile } from "../common/index.ts";
import type { FileHash } from "./file-hasher.ts";
import type { FilesToHash } from "./file-to-hash.ts";
import { hashAll, hashSingle } from "./hash-all.ts";
import type { HashExecutor, HashOptions } from "./hash-executor.ts";
import { disposed, type HashLanes } from "./hash-lanes.ts";
import type { HashJob, HashReport } from "./hash-messages.ts";
import { HashPool } from "./hash-pool.ts";

/** Most workers that read faster than fewer. */
const MOST_WORKERS = 4;

interface Running {
  job: HashJob;
  /** From the numbers that workers know to those that the caller knows. */
  ids: Map<number, number>;
  report: (report: HashReport) => void;
  end: (error?: unknown) => void;
}

/** Hashes in several workers, which share nothing with the page that could make it wait. */
export class PooledWorkerExecutor implements HashExecutor {
  readonly #pool: HashPool;
  readonly #running = new Set<Running>();
  /** Why no more work can be done. */
  #ended: Error | undefined;
  #nextId = 0;

  /** See {@link HashExecutor.lanes}. */
  readonly lanes: HashLanes;

  /**
   * @param poolSize number of workers, at least 1; by default one for each logical processor, at most 4
   * @param workerUrl address of `hash-worker.js` of this package, on this page's origin; by default it is
   * looked for beside the script that holds this code
   * @throws `AttachmentError` with code `workers-unavailable` where there are none, such as in Node or a
   * service worker
   */
  constructor(poolSize?: number, workerUrl?: URL | string) {
    if (typeof Worker === "undefined")
      throw new AttachmentError(
        "There are no web workers here. Hash with a MainThreadExecutor.",
        "workers-unavailable",
      );
    const size = Math.max(1, poolSize ?? Math.min(MOST_WORKERS, navigator.hardwareConcurrency));
    this.#pool = new HashPool({
      workerUrl,
      size,
      onReport: (report) => this.#takeReport(report),
      onFree: (job) => this.#find((running) => running.job === job)?.end(),
      onBroken: (message) => this.#break(message),
    });
    this.lanes = { count: size, run: (job, report, signal) => this.#run(job, report, signal) };
  }

  /** See {@link HashExecutor.hashFile}. */
  hashFile(file: Blob, options: HashOptions = {}): Promise<FileHash> {
    return hashSingle(this.lanes, file, options);
  }

  /** See {@link HashExecutor.hashFiles}. */
  hashFiles(files: FilesToHash, options: HashOptions = {}): Promise<HashedFile[]> {
    return hashAll(this.lanes, files, options);
  }

  /** See {@link HashExecutor.dispose}. */
  dispose(): void {
    this.#end(disposed());
  }

  #run(job: HashJob, report: (report: HashReport) => void, signal: AbortSignal): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      // Several calls may share the pool, each of which counts its files from 0.
      const ids = new Map(job.files.map(({ id }) => [this.#nextId++, id]));
      const numbers = [...ids.keys()];
      const files = job.files.map((wanted, index) => ({ ...wanted, id: numbers[index] ?? 0 }));
      const abort = () => {
        this.#pool.stop(running.job);
        running.end(signal.reason);
      };
      const running: Running = {
        job: { files },
        ids,
        report,
        end: (error) => {
          if (!this.#running.delete(running)) return;
          signal.removeEventListener("abort", abort);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#running.add(running);
      signal.addEventListener("abort", abort);
      this.#pool.hash(running.job);
      if (signal.aborted) abort();
    });
  }

  #takeReport(report: HashReport): void {
    const running = this.#find(({ ids }) => ids.has(report.id));
    const id = running?.ids.get(report.id);
    // Nothing is known of a job that was given up.
    if (running && id !== undefined) running.report({ ...report, id });
  }

  #find(isIt: (running: Running) => boolean): Running | undefined {
    return [...this.#running].find(isIt);
  }

  #break(message: string): void {
    this.#end(
      new AttachmentError(
        `The hash workers do not work: ${message}. Check that hash-worker.js and the WASM module are where the package looks for them, or hash with a MainThreadExecutor.`,
        "hash-worker-broken",
      ),
    );
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#pool.dispose();
    for (const running of [...this.#running]) running.end(this.#ended);
  }
}

/** Hashes in one worker: the page stays responsive, and no more than 8 MiB of files are in memory. */
export class WorkerExecutor extends PooledWorkerExecutor {
  /**
   * Starts the worker when it is needed.
   *
   * @param workerUrl as for {@link PooledWorkerExecutor}
   */
  constructor(workerUrl?: URL | string) {
    super(1, workerUrl);
  }
}

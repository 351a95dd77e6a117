/**
 * The script of a hash worker: told where the WASM module is, and given jobs one after the other.
 */
import { CancelledError, init } from "../src/common/index.ts";
import { hashJob } from "../src/hash/hash-job.ts";
import type { FromHashWorker, HashJob, HashReport, ToHashWorker } from "../src/hash/hash-messages.ts";

const tell = (message: FromHashWorker) => self.postMessage(message);

let reports: HashReport[] = [];

/** Small files are read together: what became of them goes together too, since a message costs more than a hash. */
function report(one: HashReport): void {
  reports.push(one);
  if (reports.length === 1) queueMicrotask(tellReports);
}

function tellReports(): void {
  if (reports.length === 0) return;
  const told = reports;
  reports = [];
  tell({ type: "reports", reports: told });
}

let load: (module: WebAssembly.Module | string) => void;
// Jobs may come before the module does.
const loaded = new Promise<void>((resolve) => {
  load = (module) => resolve(init(module));
});
let stopper: AbortController | undefined;

self.onmessage = ({ data }: MessageEvent<ToHashWorker>) => {
  if (data.type === "load") load(data.module);
  else if (data.type === "stop") stopper?.abort();
  else void work(data.job);
};

async function work(job: HashJob): Promise<void> {
  const mine = new AbortController();
  stopper = mine;
  try {
    await loaded;
    await hashJob(job, report, mine.signal);
    tellReports();
    tell({ type: "free" });
  } catch (error) {
    tellReports();
    if (error instanceof CancelledError) tell({ type: "free" });
    else tell({ type: "broken", message: error instanceof Error ? error.message : String(error) });
  }
}

loaded.catch((error: unknown) => {
  tell({ type: "broken", message: error instanceof Error ? error.message : String(error) });
});

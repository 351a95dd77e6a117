import { throwIfCancelled, unlessCancelled } from "../common/cancellation.ts";
import {
  CancelledError,
  type ObjectResult,
  type Problem,
  type ProgressCallback,
  type UploadOutcome,
  type UploadSettings,
  type UploadSummary,
} from "../common/index.ts";
import type { HashLanes } from "../hash/index.ts";
import type { Journal } from "../journal/index.ts";
import { type ObjectStore, SigningRefused } from "../storage/index.ts";
import { connectionsPerHost } from "./connections-per-host.ts";
import type { UploadSource } from "./placed-files.ts";
import { progressUpdate } from "./progress-update.ts";
import { type FileToUpload, UploadDriver, type UploadDriverOptions } from "./upload-driver.ts";
import { uploadFailure } from "./upload-failure.ts";

/** Files are handed over one by one, but no more than so many are waiting to be. */
const MOST_WAITING = 1000;

/** One upload: what, where, and with what. */
export interface UploadRun {
  readonly settings: UploadDriverOptions["settings"];
  readonly files: UploadSource;
  readonly store: ObjectStore;
  readonly lanes: HashLanes;
  readonly journal: Journal | undefined;
  readonly checksums: UploadSettings["checksums"];
  readonly onProgress: ProgressCallback | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What a complete upload left behind. */
export interface FinishedUpload {
  readonly summary: UploadSummary;
  readonly objects: readonly ObjectResult[];
}

/**
 * Runs one upload by the engine, from the first file to its end.
 *
 * @throws `CancelledError`, what `files` or `onProgress` throw, and the error for whatever goes wrong
 */
export async function runUpload(run: UploadRun): Promise<FinishedUpload> {
  throwIfCancelled(run.signal);
  // Aborted by the caller, by the end of the upload, or by what the callback or the source throws.
  const stopper = new AbortController();
  let thrown: { error: unknown } | undefined;
  let end: (outcome: UploadOutcome) => void;
  const ended = new Promise<UploadOutcome>((resolve) => {
    end = resolve;
  });
  const connections = connectionsPerHost();
  const driver = new UploadDriver({
    settings: { ...run.settings, ...(connections !== undefined && { connectionsPerHost: connections }) },
    store: run.store,
    lanes: run.lanes,
    journal: run.journal,
    checksums: run.checksums,
    onProgress: (progress) => {
      const update = progressUpdate(progress);
      if (!update || stopper.signal.aborted) return;
      try {
        if (run.onProgress?.(update) === false) stopper.abort(new CancelledError());
      } catch (error) {
        fail(error);
      }
    },
    onNeedCredentials: (problem) => void renew(driver, run.store, problem),
    onEnd: (outcome) => end(outcome),
  });
  const fail = (error: unknown) => {
    thrown ??= { error };
    stopper.abort(error);
  };
  const abort = () => stopper.abort(run.signal?.reason);
  // The engine may be in the middle of a step when a callback asks for the end.
  stopper.signal.addEventListener("abort", () => queueMicrotask(() => driver.cancel()));
  run.signal?.addEventListener("abort", abort);
  if (run.signal?.aborted) abort();
  try {
    void hand(run.files, driver, stopper.signal).catch(fail);
    const outcome = await ended;
    if (outcome.type === "complete") return { summary: outcome.result, objects: driver.objects() };
    if (thrown) throw thrown.error;
    if (outcome.type === "failed") throw uploadFailure(outcome.problems);
    throwIfCancelled(run.signal);
    throw new CancelledError();
  } finally {
    run.signal?.removeEventListener("abort", abort);
    // Whatever is still being read of the source is of no more use.
    stopper.abort();
    driver.dispose();
  }
}

/** Hands files over while more are being found; those that come meanwhile go together. */
async function hand(files: UploadSource, driver: UploadDriver, signal: AbortSignal): Promise<void> {
  const source = Symbol.asyncIterator in files ? files[Symbol.asyncIterator]() : files[Symbol.iterator]();
  let waiting: FileToUpload[] = [];
  let handing: Promise<void> | undefined;
  const handOver = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await driver.addFiles(batch);
    }
    handing = undefined;
  };
  try {
    for (;;) {
      // The source may be as slow as a person who is asked for a permission.
      const { value, done } = await unlessCancelled(Promise.resolve(source.next()), signal);
      if (done) break;
      waiting.push(value);
      handing ??= handOver();
      if (waiting.length >= MOST_WAITING) await handing;
    }
    await handing;
    await driver.endIntake();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    // Lets a generator clean up; it may hang in something that cannot be stopped, so nobody waits for it.
    void Promise.resolve(source.return?.()).catch(() => undefined);
  }
}

async function renew(driver: UploadDriver, store: ObjectStore, problem: Problem): Promise<void> {
  try {
    await store.renewCredentials?.();
    driver.credentialsRenewed();
  } catch (error) {
    driver.credentialsRefused(error instanceof SigningRefused ? error.problem : problem);
  }
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { xxhash128 } from "hash-wasm";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { CancelledError, init, type ProgressUpdate } from "../common/index.ts";
import { createHashExecutor } from "./create-hash-executor.ts";
import type { FileToHash } from "./file-to-hash.ts";
import type { HashExecutor } from "./hash-executor.ts";
import { hashJob } from "./hash-job.ts";
import type { FromHashWorker, HashReport, ToHashWorker } from "./hash-messages.ts";
import { MainThreadExecutor } from "./main-thread-executor.ts";
import { PooledWorkerExecutor, WorkerExecutor } from "./worker-executor.ts";

beforeAll(() =>
  init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"))),
);

/** A worker of this process, which does what the real script does; that one is tried in browsers. */
class FakeWorker {
  static readonly all: FakeWorker[] = [];
  /** What every worker says to its first job instead of doing it. */
  static broken: FromHashWorker | undefined;

  onmessage: (event: { data: FromHashWorker }) => void = () => undefined;
  onerror: (event: { message: string }) => void = () => undefined;
  readonly got: ToHashWorker[] = [];
  isTerminated = false;
  #stopper = new AbortController();

  constructor(readonly url: string) {
    FakeWorker.all.push(this);
  }

  postMessage(message: ToHashWorker): void {
    this.got.push(message);
    if (message.type === "stop") this.#stopper.abort();
    if (message.type === "hash") void this.#work(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  async #work({ job }: ToHashWorker & { type: "hash" }): Promise<void> {
    this.#stopper = new AbortController();
    const tell = (data: FromHashWorker) => {
      if (!this.isTerminated) this.onmessage({ data });
    };
    if (FakeWorker.broken) {
      await Promise.resolve();
      tell(FakeWorker.broken);
      return;
    }
    let reports: HashReport[] = [];
    const tellReports = () => {
      if (reports.length > 0) tell({ type: "reports", reports });
      reports = [];
    };
    const report = (report: HashReport) => {
      if (reports.push(report) === 1) queueMicrotask(tellReports);
    };
    await hashJob(job, report, this.#stopper.signal).catch(() => undefined);
    tellReports();
    tell({ type: "free" });
  }
}

beforeEach(() => {
  FakeWorker.all.length = 0;
  FakeWorker.broken = undefined;
  vi.stubGlobal("Worker", FakeWorker);
});
afterEach(() => vi.unstubAllGlobals());

const hanging = (name: string): FileToHash => ({
  file: Object.assign(new Blob(["x".repeat(3_000_000)]), {
    stream: undefined,
    slice: () => ({ arrayBuffer: () => new Promise(() => undefined) }),
  }) as unknown as Blob,
  relativePath: name,
  lastModified: 0,
});

/** Small ones and large ones, so that there are bundles of several files and of one. */
const texts = Array.from({ length: 150 }, (_, i) => `${i}`.repeat(i % 40 === 7 ? 1_000_000 : i * 10));
const files = (): File[] => texts.map((text, i) => new File([text], `f${i}`, { lastModified: i }));

const makers: [string, () => HashExecutor][] = [
  ["MainThreadExecutor", () => new MainThreadExecutor()],
  ["WorkerExecutor", () => new WorkerExecutor("hash-worker.js")],
  ["PooledWorkerExecutor", () => new PooledWorkerExecutor(3, "hash-worker.js")],
];

describe.each(makers)("%s", (_, make) => {
  let executor: HashExecutor;
  beforeEach(() => {
    executor = make();
  });
  afterEach(() => executor.dispose());

  it("hashes many files as others do, in their order", async () => {
    const hashed = await executor.hashFiles(files());
    expect(hashed.map(({ relativePath }) => relativePath)).toEqual(texts.map((_, i) => `f${i}`));
    const hashes = await Promise.all(texts.map((text) => xxhash128(text)));
    expect(hashed.map(({ hash }) => hash)).toEqual(hashes);
    expect(hashed[5]).toMatchObject({ size: BigInt(texts[5]?.length ?? 0), mtime: 5000n });
    expect(hashed[5]?.file).toBeInstanceOf(File);
  });

  it("takes files that are still being found, and asks for no more than it can hash", async () => {
    let given = 0;
    let isClosed = false;
    async function* found(): AsyncGenerator<FileToHash> {
      try {
        for (; given < 1000; given++) {
          await Promise.resolve();
          yield new File(["x".repeat(3_000_000)], `${given}`);
        }
      } finally {
        isClosed = true;
      }
    }
    const seen: number[] = [];
    const work = executor.hashFiles(found(), {
      onProgress: ({ totalFiles, filesProcessed }) => {
        seen.push(totalFiles - filesProcessed);
        return filesProcessed < 20;
      },
    });
    await expect(work).rejects.toBeInstanceOf(CancelledError);
    // A lane holds one, and one more may have been asked for.
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
    expect(given).toBeLessThan(30);
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  it("tells where it is, and no number falls", async () => {
    const told: ProgressUpdate[] = [];
    await executor.hashFiles(files(), { onProgress: (progress) => void told.push(progress) });
    const total = BigInt(texts.reduce((sum, text) => sum + text.length, 0));
    expect(told.at(-1)).toEqual({
      phase: "complete",
      filesProcessed: 150,
      totalFiles: 150,
      bytesProcessed: total,
      totalBytes: total,
    });
    for (const [i, { filesProcessed, bytesProcessed, totalBytes }] of told.entries()) {
      expect(bytesProcessed <= totalBytes).toBe(true);
      expect(filesProcessed).toBeGreaterThanOrEqual(told[i - 1]?.filesProcessed ?? 0);
      expect(bytesProcessed >= (told[i - 1]?.bytesProcessed ?? 0n)).toBe(true);
    }
    expect(new Set(told.map(({ phase }) => phase))).toEqual(new Set(["hashing", "complete"]));
  });

  it("ends when a signal says so, although a reading hangs, and can be used again", async () => {
    const stopper = new AbortController();
    const work = executor.hashFiles([hanging("a"), hanging("b"), hanging("c"), hanging("d")], {
      signal: stopper.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    stopper.abort(new Error("enough"));
    await expect(work).rejects.toMatchObject({ name: "CancelledError", cause: new Error("enough") });
    expect((await executor.hashFile(new Blob(["x"]))).hash).toBe(await xxhash128("x"));
    const early = executor.hashFiles(files(), { signal: AbortSignal.abort() });
    await expect(early).rejects.toBeInstanceOf(CancelledError);
  });

  it("passes on what a callback or a source throws", async () => {
    const mine = new RangeError("mine");
    const fail = () => {
      throw mine;
    };
    await expect(executor.hashFiles(files(), { onProgress: fail })).rejects.toBe(mine);
    async function* broken(): AsyncGenerator<FileToHash> {
      yield new File(["x"], "x");
      throw mine;
    }
    await expect(executor.hashFiles(broken())).rejects.toBe(mine);
  });

  it("names the file that cannot be read", async () => {
    const unreadable = Object.assign(new File(["x".repeat(3_000_000)], "bad"), {
      stream: undefined,
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("no", "NotReadableError")) }),
    });
    const work = executor.hashFiles([...files().slice(0, 3), unreadable]);
    await expect(work).rejects.toMatchObject({ code: "file-unreadable", message: /^bad: / });
  });

  it("needs the time of a Blob, and takes paths as they are given", async () => {
    const placed = { file: new Blob(["x"]), relativePath: "a/b" };
    await expect(executor.hashFiles([placed])).rejects.toMatchObject({ code: "file-time-missing" });
    const [hashed] = await executor.hashFiles([{ ...placed, lastModified: 1.7 }]);
    expect(hashed).toMatchObject({ relativePath: "a/b", mtime: 1000n });
  });

  it("serves several calls at once", async () => {
    const calls = Array.from({ length: 5 }, () => executor.hashFiles(files()));
    const [first, ...others] = await Promise.all(calls);
    for (const other of others) expect(other).toEqual(first);
  });

  it("gives up everything when it is disposed of", async () => {
    const work = executor.hashFiles([hanging("a")]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    executor.dispose();
    await expect(work).rejects.toBeInstanceOf(CancelledError);
    await expect(executor.hashFile(new Blob())).rejects.toBeInstanceOf(CancelledError);
  });
});

describe("executors of workers", () => {
  it("hand their workers the module of this context, and let them go", async () => {
    const executor = new PooledWorkerExecutor(2, "x/hash-worker.js");
    await executor.hashFile(new Blob(["x"]));
    expect(FakeWorker.all.map(({ url }) => url)).toEqual(["x/hash-worker.js", "x/hash-worker.js"]);
    for (const { got } of FakeWorker.all)
      expect(got.find(({ type }) => type === "load")).toMatchObject({
        module: expect.any(WebAssembly.Module),
      });
    executor.dispose();
    expect(FakeWorker.all.every(({ isTerminated }) => isTerminated)).toBe(true);
  });

  it("say what is wrong with workers that do not work", async () => {
    FakeWorker.broken = { type: "broken", message: "no module" };
    const executor = new PooledWorkerExecutor(2, "hash-worker.js");
    const broken = { code: "hash-worker-broken", message: expect.stringContaining("no module") };
    await expect(executor.hashFiles(files())).rejects.toMatchObject(broken);
    await expect(executor.hashFile(new Blob())).rejects.toMatchObject(broken);
  });

  it("say that the script is missing", async () => {
    const executor = new WorkerExecutor("missing.js");
    const work = executor.hashFiles([hanging("a")]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    FakeWorker.all[0]?.onerror({} as never);
    await expect(work).rejects.toMatchObject({ code: "hash-worker-broken" });
  });
});

describe("createHashExecutor", () => {
  it("takes a pool where there are workers, and hashes in place where there are none", () => {
    const pool = createHashExecutor(undefined, { workerUrl: "hash-worker.js", poolSize: 2 });
    expect(pool).toBeInstanceOf(PooledWorkerExecutor);
    expect(FakeWorker.all).toHaveLength(2);
    vi.unstubAllGlobals();
    expect(createHashExecutor()).toBeInstanceOf(MainThreadExecutor);
  });

  it("makes what it is told to, or says that it cannot", () => {
    expect(createHashExecutor("main")).toBeInstanceOf(MainThreadExecutor);
    expect(createHashExecutor("worker", { workerUrl: "x" })).toBeInstanceOf(WorkerExecutor);
    vi.unstubAllGlobals();
    const unavailable = expect.objectContaining({ code: "workers-unavailable" });
    expect(() => createHashExecutor("pool")).toThrow(unavailable);
    expect(() => createHashExecutor("worker")).toThrow(unavailable);
  });
});

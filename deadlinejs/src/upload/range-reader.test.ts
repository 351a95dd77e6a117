import { describe, expect, it, vi } from "vitest";
import { CancelledError, type EngineEvent } from "../common/index.ts";
import type { HashJob, HashLanes, HashReport } from "../hash/index.ts";
import { RangeReader } from "./range-reader.ts";

const file = new File(["0123456789"], "f");

/** A lane that keeps its jobs and lets a test report on them. */
function bench() {
  const jobs: { job: HashJob; report: (report: HashReport) => void; end: (error?: unknown) => void }[] = [];
  const lanes: HashLanes = {
    count: 1,
    run: (job, report, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new CancelledError()));
        jobs.push({ job, report, end: (error) => (error ? reject(error) : resolve()) });
      }),
  };
  const told: EngineEvent[] = [];
  const onBroken = vi.fn();
  const reader = new RangeReader(lanes, (event) => told.push(event), onBroken);
  const read = (...ranges: Parameters<RangeReader["read"]>[0]["ranges"]) =>
    reader.read({ type: "hash", ranges }, () => file);
  return { reader, read, jobs, told, onBroken };
}

describe("RangeReader", () => {
  it("reads just the bytes of each range, and a whole file as it is", async () => {
    const { read, jobs } = bench();
    void read({ file: 3, offset: 2n, length: 4n }, { file: 3, offset: 0n, length: 10n });
    const [part, whole] = jobs[0]?.job.files ?? [];
    expect(await part?.file.text()).toBe("2345");
    expect(whole?.file).toBe(file);
  });

  it("reports by file and offset, parts included", async () => {
    const { read, jobs, told } = bench();
    void read({ file: 7, offset: 4n, length: 6n, partSize: 3n }, { file: 8, offset: 0n, length: 10n });
    expect(jobs[0]?.job.files[0]?.pieceSize).toBe(3);
    jobs[0]?.report({ type: "read", id: 0, bytes: 3 });
    jobs[0]?.report({ type: "hashed", id: 0, hash: "aa", pieces: ["bb", "cc"] });
    jobs[0]?.report({ type: "failed", id: 1, why: "changed" });
    expect(told).toEqual([
      { type: "hash-progress", file: 7, offset: 4n, bytes: 3n },
      { type: "hashed", file: 7, offset: 4n, hash: "aa", parts: ["bb", "cc"] },
      { type: "hash-failed", file: 8, offset: 0n, why: "changed" },
    ]);
  });

  it("tells nothing more of what was stopped, and reads on what comes later", async () => {
    const { reader, read, jobs, told, onBroken } = bench();
    const stopped = read({ file: 1, offset: 0n, length: 10n });
    reader.stop();
    await stopped;
    jobs[0]?.report({ type: "hashed", id: 0, hash: "aa" });
    void read({ file: 1, offset: 0n, length: 10n });
    jobs[1]?.report({ type: "hashed", id: 0, hash: "bb" });
    expect(told).toEqual([{ type: "hashed", file: 1, offset: 0n, hash: "bb" }]);
    expect(onBroken).not.toHaveBeenCalled();
  });

  it("tells that nothing can be read at all", async () => {
    const { read, jobs, onBroken } = bench();
    const reading = read({ file: 1, offset: 0n, length: 10n });
    const error = new Error("no worker");
    jobs[0]?.end(error);
    await reading;
    expect(onBroken).toHaveBeenCalledWith(error);
  });
});

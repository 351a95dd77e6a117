import { describe, expect, it } from "vitest";
import type { FileBatch } from "../uploads-client.ts";
import { handOver } from "./hand-over.ts";
import type { IntakeItem } from "./intake.ts";

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";

/** The engine host as the hand-over sees it: takes batches when told to, and knows the end. */
class Host {
  readonly batches: FileBatch[] = [];
  ended = false;
  take: (batch: FileBatch, signal: AbortSignal) => Promise<void> = async () => {};

  giveFiles = async (batch: FileBatch, signal: AbortSignal): Promise<void> => {
    this.batches.push(batch);
    await this.take(batch, signal);
  };
  endIntake = async (): Promise<void> => {
    this.ended = true;
  };
}

function files(count: number): IntakeItem[] {
  return Array.from({ length: count }, (_, n) => ({ file: new File([], `${n}`), relativePath: `d/${n}` }));
}

const never = new AbortController().signal;

describe("handOver", () => {
  it("gives all in numbered batches of at most 256, then the end", async () => {
    const host = new Host();
    await handOver(host, UPLOAD, files(600), never);
    expect(host.batches.map((batch) => [batch.batch, batch.files.length])).toEqual([
      [0, 256],
      [1, 256],
      [2, 88],
    ]);
    expect(host.batches.flatMap((batch) => batch.files.map((file) => file.relativePath))).toHaveLength(600);
    expect(host.ended).toBe(true);
  });

  it("gives what was not taken along with the files", async () => {
    const host = new Host();
    const empty = { path: "d/e", code: "empty-folder" as const, reason: "empty" };
    await handOver(host, UPLOAD, [...files(1), empty], never);
    expect(host.batches).toMatchObject([{ files: [{ relativePath: "d/0" }], notTaken: [empty] }]);
  });

  it("ends at once when nothing came in", async () => {
    const host = new Host();
    await handOver(host, UPLOAD, [], never);
    expect(host.batches).toEqual([]);
    expect(host.ended).toBe(true);
  });

  it("collects one batch, and no more, while another is not taken", async () => {
    const host = new Host();
    let release = (): void => {};
    host.take = () => new Promise((resolve) => (release = resolve));
    let walked = 0;
    async function* slowly(): AsyncGenerator<IntakeItem> {
      for (const item of files(800)) {
        walked += 1;
        yield item;
      }
    }
    const done = handOver(host, UPLOAD, slowly(), never);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(host.batches).toHaveLength(1);
    expect(walked).toBe(512);
    host.take = async () => {};
    release();
    await done;
    expect(walked).toBe(800);
  });

  it("stops when aborted, without telling an end", async () => {
    const host = new Host();
    const abort = new AbortController();
    host.take = (_batch, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        abort.abort();
      });
    await handOver(host, UPLOAD, files(600), abort.signal);
    expect(host.batches).toHaveLength(1);
    expect(host.ended).toBe(false);
  });

  it("tells no end when the walk itself breaks", async () => {
    const host = new Host();
    // biome-ignore lint/correctness/useYield: a walk that breaks before it yields
    async function* broken(): AsyncGenerator<IntakeItem> {
      throw new Error("broken");
    }
    await expect(handOver(host, UPLOAD, broken(), never)).rejects.toThrow("broken");
    expect(host.ended).toBe(false);
  });
});

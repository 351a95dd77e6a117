import { openAsBlob, readFileSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXXHash128 } from "hash-wasm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CancelledError, init } from "../common/index.ts";
import { hashFileStreaming } from "./hash-file-streaming.ts";

const MIB = 1024 * 1024;
/** For those that read gigabytes, in milliseconds. */
const LONG = 240_000;

let folder: string;
beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  folder = await mkdtemp(join(tmpdir(), "hash-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file with some bytes at its beginning and its end, and nothing between. */
async function sparse(size: number): Promise<Blob> {
  const path = join(folder, `sparse-${size}`);
  const file = await open(path, "w");
  await file.write("begin", 0);
  await file.write("end", size - 3);
  await file.close();
  return openAsBlob(path);
}

/** Hash of a range, by other people's code. */
async function hashOf(blob: Blob): Promise<string> {
  const hasher = await createXXHash128();
  for (let at = 0; at < blob.size; at += 16 * MIB)
    hasher.update(new Uint8Array(await blob.slice(at, at + 16 * MIB).arrayBuffer()));
  return hasher.digest();
}

describe("hashFileStreaming", () => {
  it.each([0, 1, 1000, 16 * MIB, 16 * MIB + 1])("hashes %i bytes as others do", async (size) => {
    const blob = new Blob([Uint8Array.from({ length: size }, (_, i) => (i * 131 + 7) % 256)]);
    expect(await hashFileStreaming(blob)).toEqual({ hash: await hashOf(blob) });
  });

  it("gives the same whatever is read at once", async () => {
    const blob = new Blob([Uint8Array.from({ length: 100_000 }, (_, i) => (i * 131 + 7) % 256)]);
    const hash = await hashOf(blob);
    for (const size of [1000, 4096, 99_999, 100_000, 1_000_000])
      expect(await hashFileStreaming(blob, size)).toEqual({ hash });
  });

  it(
    "hashes the chunks of a file of more than 256 MiB, and of no other",
    async () => {
      const exact = await sparse(256 * MIB);
      expect(await hashFileStreaming(exact)).toEqual({ hash: await hashOf(exact) });
      const large = await sparse(512 * MIB + 1);
      const chunkHashes = await Promise.all(
        [0, 256 * MIB, 512 * MIB].map((at) => hashOf(large.slice(at, at + 256 * MIB))),
      );
      expect(await hashFileStreaming(large)).toEqual({ hash: await hashOf(large), chunkHashes });
      // Pieces that do not end where chunks do.
      const odd = await hashFileStreaming(large, 100 * MIB + 7);
      expect(odd.chunkHashes).toEqual(chunkHashes);
    },
    LONG,
  );

  it(
    "never holds more than some pieces of a file",
    async () => {
      const large = await sparse(2048 * MIB);
      const before = process.memoryUsage().rss;
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss - before);
      }, 10);
      await hashFileStreaming(large);
      clearInterval(watch);
      // Two pieces of 16 MiB, and those that the garbage collector has not yet looked at.
      expect(most / MIB).toBeLessThan(512);
    },
    LONG,
  );

  it("says what is wrong with a file that changed or went away", async () => {
    const path = join(folder, "changing");
    await writeFile(path, "x".repeat(100));
    const blob = await openAsBlob(path);
    await writeFile(path, "x");
    await expect(hashFileStreaming(blob)).rejects.toMatchObject({ code: "file-unreadable" });
    // As Firefox reads them: all that is there now.
    for (const [name, now] of [
      ["shorter", "x"],
      ["longer", "12345 and more"],
    ] as const) {
      const file = new File([now], name);
      Object.defineProperty(file, "size", { value: 5 });
      const changed = hashFileStreaming(file);
      await expect(changed).rejects.toMatchObject({ code: "file-changed", message: RegExp(`^${name}: `) });
    }
  });

  it("reads in another way where a stream hangs or cannot be had", async () => {
    vi.useFakeTimers();
    try {
      const [text, hash] = ["some bytes", await hashOf(new Blob(["some bytes"]))];
      const silent = { stream: () => new ReadableStream({ type: "bytes" }) };
      const missing = { stream: undefined };
      for (const broken of [silent, missing]) {
        const blob = new Blob([text]);
        Object.assign(blob, broken);
        const work = hashFileStreaming(blob);
        await vi.advanceTimersByTimeAsync(40_000);
        expect(await work).toEqual({ hash });
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends when it is told to, also while a reading hangs", async () => {
    const hanging = Object.assign(new Blob(["x"]), {
      stream: undefined,
      slice: () => ({ arrayBuffer: () => new Promise(() => undefined) }),
    }) as unknown as Blob;
    const stopper = new AbortController();
    const work = hashFileStreaming(hanging, undefined, stopper.signal);
    setTimeout(() => stopper.abort(), 10);
    await expect(work).rejects.toBeInstanceOf(CancelledError);
    const early = hashFileStreaming(new Blob(), undefined, AbortSignal.abort());
    await expect(early).rejects.toBeInstanceOf(CancelledError);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses to read %d bytes at once", async (size) => {
    await expect(hashFileStreaming(new Blob(), size)).rejects.toMatchObject({
      name: "ValidationError",
      location: { field: "chunkSize" },
    });
  });
});

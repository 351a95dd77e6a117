/** Uploading takes the same memory for any file, and nothing piles up; `cargo xtask bench` does more of it. */
import { expect, it } from "vitest";
import { uploadMemory } from "./upload-memory.ts";

const MIB = 2 ** 20;
const LIMIT_MS = 240_000;

it(
  "a file of 2 GB takes no more memory than twenty of 100 MB, and the twentieth no more than the second",
  async () => {
    const small = await uploadMemory(100e6, 20);
    const large = await uploadMemory(2e9, 1);
    console.log(
      `peak: ${Math.round(small.early / MIB)} MiB for 2 x 100 MB, ${Math.round(small.peak / MIB)} MiB for 20, ` +
        `${Math.round(large.peak / MIB)} MiB for 2 GB`,
    );
    // Content that is sent again because the server has nothing; the manifests come on top.
    expect(small.sent).toBeGreaterThanOrEqual(20 * 100e6);
    expect(large.sent).toBeGreaterThanOrEqual(2e9);
    expect((small.peak - small.early) / MIB).toBeLessThan(150);
    expect((large.peak - small.peak) / MIB).toBeLessThan(150);
  },
  LIMIT_MS,
);

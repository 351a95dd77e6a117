/** Whole uploads by the real engine, to a store that counts. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { createS3Location, init } from "../common/index.ts";
import { MainThreadExecutor } from "../hash/index.ts";
import type { ObjectStore } from "../storage/index.ts";
import { placedFiles } from "./placed-files.ts";
import { runUpload } from "./run-upload.ts";
import { uploadPlace } from "./upload-place.ts";

beforeAll(() =>
  init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"))),
);
afterEach(() => {
  vi.unstubAllGlobals();
});

/** How many requests were under way at once, at most, in an upload that may have 20 of them. */
async function mostAtOnce(): Promise<number> {
  let underWay = 0;
  let most = 0;
  const store: ObjectStore = {
    async send({ method }) {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay -= 1;
      return method === "PUT"
        ? { status: 200, headers: { etag: '"e"' }, body: "" }
        : { status: 404, headers: {}, body: "" };
    },
  };
  const files = Array.from({ length: 200 }, (_, n) => ({
    file: new Blob([`content ${n}`]),
    relativePath: `${n}`,
    lastModified: 1,
  }));
  const settings = { region: "us-west-2", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
  await runUpload({
    settings: { place: uploadPlace(settings, createS3Location("bucket", "DC"), 20) },
    files: placedFiles(files),
    store,
    lanes: new MainThreadExecutor().lanes,
    journal: undefined,
    checksums: "verified",
    onProgress: undefined,
    signal: undefined,
  });
  return most;
}

it("sends as many requests at once in Node as are wanted, and 6 in a browser", async () => {
  expect(await mostAtOnce()).toBeGreaterThan(10);
  vi.stubGlobal("XMLHttpRequest", class {});
  expect(await mostAtOnce()).toBe(6);
});

/**
 * The two adapters of the library's storage beside each other, in Chromium against the store of `TEST_STORE`:
 * requests each second, and what each brings into a bundle. The package must be packed.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { launchPlain } from "../tests/browser/chromium.ts";
import { unpack } from "../tests/packaging/unpacked.ts";
import { Bucket, storeFromEnvironment } from "../tests/s3.ts";
import { Neighbours } from "../tests/stores/neighbours.ts";
import type { StoresBench } from "./stores-in-page.ts";

declare const bench: StoresBench;

const COUNT = 1500;
const ROUNDS = 5;
const ADAPTERS = [
  { adapter: "AWS SDK", name: "SdkStore" },
  { adapter: "signed fetch by SigV4Signer", name: "SignedFetchStore" },
] as const;

const store = storeFromEnvironment();
const bundle = { bundle: true, format: "esm", platform: "browser", write: false, logLevel: "error" } as const;
const { outputFiles } = await build({
  ...bundle,
  entryPoints: [fileURLToPath(new URL("stores-in-page.ts", import.meta.url))],
});
const module = readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"));
await using neighbours = await Neighbours.start({
  "/": { type: "text/html", body: '<!doctype html><script type="module" src="/bench.js"></script>' },
  "/bench.js": { type: "text/javascript", body: outputFiles[0]?.text ?? "" },
  "/module.wasm": { type: "application/wasm", body: module },
});
await new Bucket(store).allowOrigin(neighbours.origin);
const browser = await launchPlain();
const samples: Record<string, { put: number; head: number }[]> = {};
try {
  const page = await browser.newPage();
  await page.goto(neighbours.origin);
  await page.waitForFunction("globalThis.bench !== undefined");
  await page.evaluate((url) => bench.load(url), `${neighbours.origin}/module.wasm`);
  // In turns, the first of which warms the server up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { adapter, name } of ADAPTERS) {
      const sample = await page.evaluate((...given) => bench.run(...given), adapter, store, COUNT);
      if (round > 0) samples[name] = [...(samples[name] ?? []), sample];
    }
  }
} finally {
  await browser.close();
}

const folder = await unpack("bench");
console.log("| | PUT 4 KiB /s | HEAD /s | in a bundle, gzip |\n|---|---|---|---|");
for (const { name } of ADAPTERS) {
  const { outputFiles } = await build({
    ...bundle,
    minify: true,
    stdin: { contents: `export { ${name} } from "deadlinejs/storage";`, resolveDir: folder },
  });
  const size = gzipSync(outputFiles[0]?.contents ?? "").length;
  const [put, head] = (["put", "head"] as const).map((kind) =>
    spread(samples[name]?.map((s) => s[kind]) ?? []),
  );
  console.log(`| ${name} | ${put} | ${head} | ${(size / 1024).toFixed(0)} KiB |`);
}

/** Median and range. */
function spread(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round);
  return `${sorted[Math.floor(sorted.length / 2)]} [${sorted[0]}-${sorted.at(-1)}]`;
}

/** The packed package in every kind of web project. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import json from "@rollup/plugin-json";
import nodeResolve from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { type InlineConfig, build as viteBuild, createServer as viteServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import webpack from "webpack";
import { browserNames, browsers, type PlainBrowser } from "../browser/plain-browser.ts";
import { expected, expectedApp, smallHash } from "./expected.ts";
import { pageOf, type Served, serve } from "./serve.ts";
import { unpack } from "./unpacked.ts";

let browser: PlainBrowser;
let folder: string;
let installed: string;
beforeAll(async () => {
  folder = await unpack("in-browser");
  installed = join(folder, "node_modules/deadlinejs");
  browser = await browsers.Chromium();
});
afterAll(() => browser?.close());

/** What the page at that address has to say. */
async function outcomeAt(url: string, where = browser): Promise<unknown> {
  const page = await where.newPage();
  try {
    await page.goto(url);
    await page.waitFor("globalThis.outcome !== undefined");
    return await page.evaluate(() => (globalThis as unknown as { outcome: unknown }).outcome);
  } finally {
    await page.close();
  }
}

/** Serves the result of a bundler and lets its page work. */
async function outcomeOf(built: string, page: string): Promise<unknown> {
  const served = await serve({ "/deadlinejs/": installed, "/": built }, { "/page.html": page });
  try {
    return await outcomeAt(`${served.origin}/page.html`);
  } finally {
    served.close();
  }
}

/** For bundlers that do not look for addresses: the two files go beside the bundle. */
async function copyAssets(to: string): Promise<void> {
  for (const path of ["dist/hash/hash-worker.js", "dist/common/rusty_attachments_wasm_bg.wasm"])
    await copyFile(join(installed, path), join(to, path.split("/").at(-1) ?? ""));
}

describe.each(browserNames)("without a bundler, in %s", (name) => {
  let served: Served;
  let browser: PlainBrowser;
  beforeAll(async () => {
    browser = await browsers[name]();
    served = await serve(
      { "/deadlinejs/": installed, "/": folder },
      { "/plain.html": pageOf("/plain.js"), "/ask.html": pageOf("/ask-worker.js") },
    );
  });
  afterAll(async () => {
    served?.close();
    await browser?.close();
  });

  it("a page of ES modules", async () => {
    expect(await outcomeAt(`${served.origin}/plain.html`, browser)).toEqual(expected("pool"));
  });

  it("a module worker", async () => {
    expect(await outcomeAt(`${served.origin}/ask.html?worker=module`, browser)).toEqual(expected("pool"));
  });

  it("a service worker, which has no workers", async () => {
    expect(await outcomeAt(`${served.origin}/ask.html?worker=service`, browser)).toEqual(expected("main"));
  });
});

describe("with a bundler", () => {
  const vite = (): InlineConfig => ({
    root: folder,
    configFile: false,
    logLevel: "error",
    cacheDir: join(folder, "vite-cache"),
    // Prepared in advance, a package no longer lies beside its files.
    optimizeDeps: { exclude: ["deadlinejs"] },
    server: { host: "127.0.0.1", port: 0, watch: null, hmr: false },
  });

  it("Vite, built", async () => {
    await writeFile(join(folder, "index.html"), pageOf("/app.js"));
    const outDir = join(folder, "with-vite");
    await viteBuild({ ...vite(), build: { outDir } });
    expect(await outcomeOf(outDir, await readFile(join(outDir, "index.html"), "utf8"))).toEqual(expectedApp);
  });

  it("Vite, while developing", async () => {
    await writeFile(join(folder, "index.html"), pageOf("/app.js"));
    const server = await viteServer(vite());
    try {
      await server.listen();
      expect(await outcomeAt(server.resolvedUrls?.local[0] ?? "")).toEqual(expectedApp);
    } finally {
      await server.close();
    }
  });

  it("webpack", async () => {
    const path = join(folder, "with-webpack");
    const compiler = webpack({
      mode: "production",
      context: folder,
      entry: "./app.js",
      output: { path, publicPath: "/" },
      performance: { hints: false },
    });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
      compiler?.run((error, stats) => (error ? reject(error) : resolve(stats))),
    );
    expect(stats?.toJson({ errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] });
    expect(await outcomeOf(path, pageOf("/main.js", "defer"))).toEqual(expectedApp);
    // All of it: that the page works does not tell whether the module was copied.
    expect((await readdir(path)).filter((name) => name.endsWith(".wasm"))).toHaveLength(1);
  });

  it("esbuild, with the two files beside the bundle", async () => {
    const outdir = join(folder, "with-esbuild");
    await esbuild({
      absWorkingDir: folder,
      entryPoints: ["app.js"],
      bundle: true,
      format: "esm",
      platform: "browser",
      outdir,
      logLevel: "error",
    });
    await copyAssets(outdir);
    expect(await outcomeOf(outdir, pageOf("/app.js"))).toEqual(expectedApp);
  });

  it("Rollup, with the two files beside the bundle", async () => {
    const dir = join(folder, "with-rollup");
    const bundle = await rollup({
      input: join(folder, "app.js"),
      // The AWS SDK reads its own package.json.
      plugins: [nodeResolve({ browser: true }), json()],
      onLog: (level, log) => {
        if (level === "warn" && log.id?.includes("/deadlinejs/")) throw new Error(log.message);
      },
    });
    await bundle.write({ dir, format: "es", inlineDynamicImports: true });
    await bundle.close();
    await copyAssets(dir);
    expect(await outcomeOf(dir, pageOf("/app.js"))).toEqual(expectedApp);
  });

  it("the slim entry, in a classic script that has no address of its own", async () => {
    const outdir = join(folder, "with-slim");
    await rm(outdir, { recursive: true, force: true });
    await mkdir(outdir);
    await esbuild({
      absWorkingDir: folder,
      entryPoints: ["slim.js"],
      bundle: true,
      format: "iife",
      platform: "browser",
      outdir,
      logLevel: "error",
      // esbuild warns of import.meta in a classic script: there must be none.
      logOverride: { "empty-import-meta": "error" },
    });
    expect(await outcomeOf(outdir, pageOf("/slim.js", "defer"))).toEqual({
      before: "module-not-loaded",
      withoutWorker: "hash-worker-unknown",
      hashes: [smallHash, smallHash, smallHash],
    });
  });
});

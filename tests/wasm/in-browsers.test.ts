import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, it } from "vitest";
import { browserNames, browsers, type PlainBrowser, type PlainPage } from "../browser/plain-browser.ts";
import { Neighbours } from "../stores/neighbours.ts";
import { cases } from "./cases.ts";
import type { WasmTestPage } from "./in-page.ts";
import { VECTORS, vectorFiles } from "./vector-files.ts";

declare const page: WasmTestPage;

const module = readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"));
let neighbours: Neighbours;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("in-page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  neighbours = await Neighbours.start({
    "/": { type: "text/html", body: '<!doctype html><script type="module" src="/in-page.js"></script>' },
    "/in-page.js": { type: "text/javascript", body: outputFiles[0]?.text ?? "" },
  });
});
afterAll(() => neighbours?.[Symbol.asyncDispose]());

describe.each(browserNames)("in %s", (name) => {
  let browser: PlainBrowser;
  let tab: PlainPage;
  beforeAll(async () => {
    browser = await browsers[name]();
    tab = await browser.newPage();
    await tab.goto(neighbours.origin);
    await tab.waitFor("globalThis.page !== undefined");
    await tab.evaluate((base64) => page.load(base64), module.toString("base64"));
  });
  afterAll(() => browser?.close());

  it.each(vectorFiles)("%s", async (path) => {
    await tab.evaluate(
      (path, text) => page.judge(path, text),
      path,
      readFileSync(join(VECTORS, path), "utf8"),
    );
  });
  it.each(Object.keys(cases))("%s", async (name) => {
    await tab.evaluate((name) => page.run(name), name);
  });
  it("a trap ends the module's work", async () => {
    await tab.evaluate(() => page.trap());
  });
});

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { launchPlain } from "../browser/chromium.ts";
import { cases } from "./cases.ts";
import type { WasmTestPage } from "./in-page.ts";
import { VECTORS, vectorFiles } from "./vector-files.ts";

declare const page: WasmTestPage;

let browser: Browser;
let tab: Page;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("in-page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const module = readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"));
  browser = await launchPlain();
  tab = await browser.newPage();
  await tab.addScriptTag({ type: "module", content: outputFiles[0]?.text ?? "" });
  await tab.waitForFunction("globalThis.page !== undefined");
  await tab.evaluate((base64) => page.load(base64), module.toString("base64"));
});
afterAll(() => browser?.close());

describe("in Chromium", () => {
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

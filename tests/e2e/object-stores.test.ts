/** Every way to carry requests does the same, in Node and in a web page of a foreign origin. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { init } from "deadlinejs/common";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, it } from "vitest";
import { browserNames, browsers, type PlainBrowser, type PlainPage } from "../browser/plain-browser.ts";
import { StrictGateway } from "../gateway/client.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { type Adapter, adapters, benchOf } from "../stores/benches.ts";
import { foreignCases, multipartCases, objectCases, verifyingCases } from "../stores/cases.ts";
import type { StorePage } from "../stores/in-page.ts";
import { Neighbours } from "../stores/neighbours.ts";

declare const page: StorePage;

const store = storeFromEnvironment();
let gateway: StrictGateway;
let neighbours: Neighbours;
const opened: PlainBrowser[] = [];
const tabs = new Map<string, PlainPage>();

beforeAll(async () => {
  const module = readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"));
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../stores/in-page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "silent",
  });
  neighbours = await Neighbours.start({
    "/": { type: "text/html", body: '<!doctype html><script type="module" src="/in-page.js"></script>' },
    "/in-page.js": { type: "text/javascript", body: outputFiles[0]?.text ?? "" },
    "/module.wasm": { type: "application/wasm", body: module },
  });
  gateway = await StrictGateway.open(store);
  await new Bucket(store).allowOrigin(neighbours.origin);
  await init(module);
  for (const name of browserNames) {
    const browser = await browsers[name]();
    opened.push(browser);
    const tab = await browser.newPage();
    await tab.goto(neighbours.origin);
    await tab.waitFor("globalThis.page !== undefined");
    await tab.evaluate((url) => page.load(url), `${neighbours.origin}/module.wasm`);
    tabs.set(name, tab);
  }
});
afterAll(async () => {
  await Promise.all(opened.map((browser) => browser.close()));
  await new Bucket(store).allowNoOrigin();
  await gateway?.close();
  await neighbours?.[Symbol.asyncDispose]();
});

/** The server itself, and a gateway before it that is as strict as S3. */
const servers = [
  { server: "SeaweedFS", verifies: false },
  { server: "the strict gateway", verifies: true },
];

describe.each(servers)("on $server", ({ verifies }) => {
  describe.each(Object.entries(adapters))("%s", (adapter, { takesAny }) => {
    const cases = { ...objectCases, ...multipartCases, ...(takesAny && foreignCases) };
    // The gateway's own refusals carry no CORS headers, so a page cannot read them; S3's do.
    const casesInNode = { ...cases, ...(verifies && verifyingCases) };
    const reached = () => (verifies ? { ...store, endpoint: gateway.origin } : store);

    describe("in Node", () => {
      it.each(Object.entries(casesInNode))("%s", async (_, work) => {
        await work(benchOf(adapter as Adapter, reached(), neighbours.around));
      });
    });

    describe.each(browserNames)("in %s", (browser) => {
      it.each(Object.keys(cases))("%s", async (name) => {
        await tabs
          .get(browser)
          ?.evaluate(
            (name, adapter, store, around) => page.run(name, adapter, store, around),
            name,
            adapter as Adapter,
            reached(),
            neighbours.around,
          );
      });
    });
  });
});

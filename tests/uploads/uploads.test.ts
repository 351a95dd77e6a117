/** Uploads keep their promises on every store adapter, in Node and in a page of Chromium. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { init } from "deadlinejs/common";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { launchPlain } from "../browser/chromium.ts";
import { StrictGateway } from "../gateway/client.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import type { Adapter } from "../stores/benches.ts";
import { Neighbours } from "../stores/neighbours.ts";
import { UploadBench } from "./bench.ts";
import { cases, stalled } from "./cases.ts";
import { ChromiumPlace, NodePlace, type Place, pagesOf } from "./place.ts";

const store = storeFromEnvironment();
const adapters = ["AWS SDK", "signed fetch by SigV4Signer"] as const satisfies Adapter[];
const placeNames = ["in Node", "in Chromium"] as const;
type PlaceName = (typeof placeNames)[number];

let neighbours: Neighbours;
let browser: Browser;
let gateway: StrictGateway;
/** For what takes long. */
let other: StrictGateway;
const places = new Map<PlaceName, Place>();
const stalledWorks = new Map<string, Promise<unknown>>();

beforeAll(async () => {
  const module = readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"));
  neighbours = await Neighbours.start(await pagesOf(module));
  await new Bucket(store).allowOrigin(neighbours.origin);
  await init(module);
  browser = await launchPlain();
  const open = () => StrictGateway.open(store, "--allow-origin", neighbours.origin);
  [gateway, other] = await Promise.all([open(), open()]);
  places.set("in Node", new NodePlace());
  places.set("in Chromium", await ChromiumPlace.open(browser, neighbours.origin));
  const apart = {
    "in Node": new NodePlace(),
    "in Chromium": await ChromiumPlace.open(browser, neighbours.origin),
  };
  for (const adapter of adapters) {
    for (const name of placeNames) {
      const work = stalled(new UploadBench(apart[name], other, adapter, store));
      // Its failure is told by its test.
      stalledWorks.set(
        `${adapter} ${name}`,
        work.then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    }
  }
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([gateway?.close(), other?.close()]);
  await new Bucket(store).allowNoOrigin();
  await neighbours?.[Symbol.asyncDispose]();
});

describe.each(adapters)("%s", (adapter) => {
  describe.each(placeNames)("%s", (name) => {
    it.each(Object.entries(cases))("%s", async (_, work) => {
      await gateway.reset();
      const place = places.get(name);
      if (place) await work(new UploadBench(place, gateway, adapter, store));
    });

    it("a body that stalls is given up after 30 s and sent again", async () => {
      const error = await stalledWorks.get(`${adapter} ${name}`);
      if (error) throw error;
    });
  });
});

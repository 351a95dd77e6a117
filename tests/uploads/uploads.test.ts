/** Uploads keep their promises on every store adapter, in Node and in a page of each browser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { init } from "deadlinejs/common";
import { afterAll, beforeAll, describe, it } from "vitest";
import { browserNames, browsers, type PlainBrowser } from "../browser/plain-browser.ts";
import { StrictGateway } from "../gateway/client.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import type { Adapter } from "../stores/benches.ts";
import { Neighbours } from "../stores/neighbours.ts";
import { UploadBench } from "./bench.ts";
import { cases, stalled } from "./cases.ts";
import { NodePlace, PagePlace, type Place, pagesOf } from "./place.ts";

const store = storeFromEnvironment();
const adapters = ["AWS SDK", "signed fetch by SigV4Signer"] as const satisfies Adapter[];
const placeNames = ["Node", ...browserNames] as const;
type PlaceName = (typeof placeNames)[number];

let neighbours: Neighbours;
const opened: PlainBrowser[] = [];
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
  const open = () => StrictGateway.open(store, "--allow-origin", neighbours.origin);
  [gateway, other] = await Promise.all([open(), open()]);
  for (const name of placeNames) {
    places.set(name, await openPlace(name));
    for (const adapter of adapters) {
      // Each in a place of its own, beside which the others go on.
      const work = stalled(new UploadBench(await openPlace(name), other, adapter, store));
      // Its failure is told by its test.
      stalledWorks.set(
        `${adapter} in ${name}`,
        work.then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    }
  }
  // Six browsers.
}, 120_000);
afterAll(async () => {
  await Promise.all(opened.map((browser) => browser.close()));
  await Promise.all([gateway?.close(), other?.close()]);
  await new Bucket(store).allowNoOrigin();
  await neighbours?.[Symbol.asyncDispose]();
});

/** In a browser of its own: a Firefox that waits for one answer cannot be asked for another. */
async function openPlace(name: PlaceName): Promise<Place> {
  if (name === "Node") return new NodePlace();
  const browser = await browsers[name]();
  opened.push(browser);
  return PagePlace.open(browser, neighbours.origin);
}

describe.each(adapters)("%s", (adapter) => {
  describe.each(placeNames)("in %s", (name) => {
    it.each(Object.entries(cases))("%s", async (_, work) => {
      await gateway.reset();
      const place = places.get(name);
      if (place) await work(new UploadBench(place, gateway, adapter, store));
    });

    it("a body that stalls is given up after 30 s and sent again", async () => {
      const error = await stalledWorks.get(`${adapter} in ${name}`);
      if (error) throw error;
    });
  });
});

/** Uploads by the library in a page that is reloaded in the middle, and to servers that lack what S3 has. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBytes, init } from "deadlinejs/common";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserNames, browsers, type PlainBrowser, type PlainPage } from "../browser/plain-browser.ts";
import { type Example, startExample } from "../example/example.ts";
import { type Entry, StrictGateway } from "../gateway/client.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { until } from "./stage.ts";

const MIB = 2 ** 20;
const store = storeFromEnvironment();
const bucket = new Bucket(store);
let example: Example;
let gateway: StrictGateway;
/** Of the example page, with the gateway as its server. */
let url: string;
let scratch: string;

beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  example = await startExample(store);
  scratch = await mkdtemp(join(tmpdir(), "library-page-"));
});
afterAll(async () => {
  await example?.[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

/** A file that no other test has. */
async function freshFile(size: number): Promise<{ path: string; key: string; bytes: Uint8Array }> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  const path = join(scratch, `${crypto.randomUUID()}.bin`);
  await writeFile(path, bytes);
  return { path, bytes, key: `${store.rootPrefix}/Data/${hashBytes(bytes)}.xxh128` };
}

describe.each(browserNames)("in %s", (name) => {
  let browser: PlainBrowser;
  let page: PlainPage;
  beforeAll(async () => {
    browser = await browsers[name]();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const address = new URL(example.url);
    // One for each test: what a page remembers of a server must not come from another one.
    gateway = await StrictGateway.open(store, "--allow-origin", address.origin);
    address.searchParams.set("endpoint", gateway.origin);
    url = address.href;
    page = await browser.newPage();
    await page.goto(url);
  });
  afterEach(async () => {
    await page?.close();
    await gateway?.close();
  });

  async function start(path: string): Promise<void> {
    await page.chooseFiles("#files", [path]);
    await page.type("#secretAccessKey", store.secretKey);
    await page.click("#upload");
  }

  /** Uploads to the end, and gives what the page then says. */
  async function upload(path: string): Promise<string> {
    await start(path);
    await page.waitFor("!document.getElementById('upload').disabled", 60_000);
    return page.text("#status");
  }

  it("after a reload the same file is sent on, without the parts that the server has confirmed", async () => {
    const { path, key, bytes } = await freshFile(40 * MIB);
    const parts = async () =>
      (await gateway.log()).filter((entry) => entry.operation === "UploadPart" && entry.key === key);
    const isStored = ({ status }: Entry) => status === 200;
    await gateway.inject({
      when: { operation: "UploadPart", key, nth: 3 },
      fault: { kind: "stall", after: MIB },
    });
    await start(path);
    await until(async () => {
      const sent = await parts();
      return (
        sent.filter(isStored).length === 2 &&
        sent.some(({ fault, bytesIn }) => fault === "stall" && bytesIn >= MIB)
      );
    });
    // The page writes down each part after its answer.
    await until(async () => (await page.evaluate(partsInJournal)) === 2);
    await page.goto(url);
    await gateway.release();
    await until(async () => (await parts()).every(({ endedMs }) => endedMs !== null));
    const before = await parts();
    const confirmed = before.filter(isStored).map(({ query }) => query);
    const confirmedBytes = before.filter(isStored).reduce((sum, { bytesIn }) => sum + bytesIn, 0);
    expect(await bucket.openUploads(key)).toHaveLength(1);

    // What is remembered is the page's own: nothing may be listed.
    const fault = { kind: "answer", status: 403, code: "AccessDenied" } as const;
    for (const operation of ["ListMultipartUploads", "ListParts"] as const)
      await gateway.inject({ when: { operation }, times: "always", fault });
    expect(await upload(path)).toMatch(/^Done: 1 files, 1 contents sent/);
    const after = (await parts()).slice(before.length);
    expect(after.map(({ query }) => query)).toHaveLength(1);
    expect(confirmed).not.toContain(after[0]?.query);
    expect(after.reduce((sum, { bytesIn }) => sum + bytesIn, 0)).toBe(bytes.length - confirmedBytes);
    expect(hashBytes(await bucket.get(key))).toBe(hashBytes(bytes));
    expect(await bucket.openUploads(key)).toEqual([]);
  });

  it.each(["not-implemented", "invalid"] as const)(
    "a server to which an XXH128 checksum is %s gets the bytes without one",
    async (checksum) => {
      await gateway.set({ checksum });
      const { path, key, bytes } = await freshFile(100_000);
      expect(await upload(path)).toMatch(/^Done: 1 files, 1 contents sent/);
      expect(hashBytes(await bucket.get(key))).toBe(hashBytes(bytes));
      const puts = (await gateway.log()).filter(({ operation }) => operation === "PutObject");
      const has = ({ headers }: Entry) => headers["x-amz-checksum-xxhash128"] !== undefined;
      const refused = puts.filter(({ status }) => status === (checksum === "invalid" ? 400 : 501));
      // Asked once, the server is not asked again.
      expect(refused.map(has)).toEqual([true]);
      const stored = puts.filter(({ status }) => status === 200);
      expect(stored.map(has)).toEqual([false, false]);
      expect(stored.map((entry) => entry.key.includes("/Manifests/"))).toEqual([false, true]);
    },
  );
});

/** In the page: how many parts the journal has. */
function partsInJournal(): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("deadline-attachments");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const counting = database.transaction("parts").objectStore("parts").count();
      counting.onerror = () => reject(counting.error);
      counting.onsuccess = () => {
        database.close();
        resolve(counting.result);
      };
    };
  });
}

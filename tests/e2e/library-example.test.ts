/** The example page in each browser, used as a person would, and the example for Node from the command line. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type AttachmentsJson, init, Manifest } from "deadlinejs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserNames, browsers, type PlainBrowser, type PlainPage } from "../browser/plain-browser.ts";
import { type Example, startExample } from "../example/example.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";

const TIME = new Date(1_700_000_000_123);
const store = storeFromEnvironment();
const bucket = new Bucket(store);
let example: Example;
let scratch: string;
let folder: string;

beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  example = await startExample(store);
  scratch = await mkdtemp(join(tmpdir(), "example-"));
  folder = join(scratch, "shot");
  await mkdir(join(folder, "tex"), { recursive: true });
  for (const [path, text] of Object.entries({ "scene.ma": crypto.randomUUID(), "tex/ä.exr": "exr" })) {
    await writeFile(join(folder, path), text);
    await utimes(join(folder, path), TIME, TIME);
  }
});
afterAll(async () => {
  await example?.[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

/** The paths of the manifest that these attachments name. */
async function pathsOf({ manifests }: AttachmentsJson): Promise<string[]> {
  const key = `${store.rootPrefix}/Manifests/${manifests[0]?.inputManifestPath}`;
  const manifest = Manifest.decode(new TextDecoder().decode(await bucket.get(key)));
  return manifest.getPaths().map(({ path }) => path);
}

describe.each(browserNames)("in %s", (name) => {
  let browser: PlainBrowser;
  let page: PlainPage;
  beforeAll(async () => {
    browser = await browsers[name]();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    page = await browser.newPage();
    await page.goto(example.url);
  });
  afterEach(() => page?.close());

  const status = () => page.text("#status");

  async function upload(secret: string): Promise<void> {
    await page.type("#secretAccessKey", secret);
    await page.click("#upload");
    await page.waitFor("!document.getElementById('upload').disabled");
  }

  it("a chosen folder is uploaded, and its attachments are shown", async () => {
    await page.chooseFolder("#folder", folder);
    await upload(store.secretKey);
    expect(await status()).toMatch(/^Done: 2 files/);
    const attachments = JSON.parse(await page.text("#attachments")) as AttachmentsJson;
    expect(attachments.manifests).toMatchObject([{ rootPath: "/projects", rootPathFormat: "posix" }]);
    expect((await pathsOf(attachments)).toSorted()).toEqual(["shot/scene.ma", "shot/tex/ä.exr"]);
    const full = await page.evaluate(() =>
      [...document.querySelectorAll("progress")].map(({ value, max }) => value === max),
    );
    expect(full).toEqual([true, true, true]);
  });

  it("dropped files are uploaded", async () => {
    await page.drop("#drop", [join(folder, "scene.ma"), join(folder, "tex/ä.exr")]);
    await page.waitFor("document.getElementById('chosen').textContent.includes('dropped')");
    await upload(store.secretKey);
    expect(await status()).toMatch(/^Done: 2 files/);
    const attachments = JSON.parse(await page.text("#attachments")) as AttachmentsJson;
    expect((await pathsOf(attachments)).toSorted()).toEqual(["scene.ma", "ä.exr"]);
  });

  // In Firefox only a person can drop a folder: no driver drags, and what a page makes itself is files.
  if (name === "Chromium") {
    it("a dropped folder is walked and uploaded", async () => {
      await page.drop("#drop", [folder]);
      await page.waitFor("document.getElementById('chosen').textContent.includes('dropped')");
      await upload(store.secretKey);
      expect(await status()).toMatch(/^Done: 2 files/);
    });
  }

  it("a wrong secret and a choice of nothing are said in words", async () => {
    await upload("wrong");
    expect(await status()).toBe("Choose or drop something first.");
    await page.chooseFiles("#files", [join(folder, "scene.ma")]);
    await page.click("#upload");
    await page.waitFor("!document.getElementById('upload').disabled");
    expect(await status()).toMatch(/signature.*\(credentials-wrong\)$/);
  });
});

it("the example for Node uploads a folder from the command line", async () => {
  const script = join(import.meta.dirname, "../../target/packaging/example/upload-folder.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder, "/projects/shot"], {
    env: {
      ...process.env,
      AWS_REGION: store.region,
      BUCKET: store.bucket,
      ROOT_PREFIX: store.rootPrefix,
      FARM_ID: store.farmId,
      QUEUE_ID: store.queueId,
      ENDPOINT: store.endpoint,
      AWS_ACCESS_KEY_ID: store.accessKey,
      AWS_SECRET_ACCESS_KEY: store.secretKey,
    },
  });
  expect((await pathsOf(JSON.parse(stdout))).toSorted()).toEqual(["scene.ma", "tex/ä.exr"]);
  expect(readFileSync(script, "utf8").trimEnd().split("\n").length).toBeLessThan(30);
});

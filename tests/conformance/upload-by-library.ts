/**
 * Uploads a folder by deadlinejs and prints what came of it, in the form that the conformance tests read:
 * `upload-by-library.ts Node|Chromium|Firefox FOLDER`. In a browser it is the example page that does it.
 */
import { openAsBlob, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import {
  type AttachmentsJson,
  createS3Location,
  init,
  Manifest,
  type PlacedFile,
  uploadAttachments,
} from "deadlinejs";
import { type BrowserName, browsers } from "../browser/plain-browser.ts";
import { startExample } from "../example/example.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";

const store = storeFromEnvironment();

async function* filesBelow(folder: string): AsyncGenerator<PlacedFile> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs: lastModified } = await stat(path);
    yield { file: await openAsBlob(path), relativePath: relative(dirname(folder), path), lastModified };
  }
}

async function inNode(folder: string): Promise<AttachmentsJson> {
  const { region, endpoint, bucket, rootPrefix, farmId, queueId } = store;
  const credentials = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey };
  const { attachments } = await uploadAttachments(
    filesBelow(folder),
    dirname(folder),
    { region, endpoint, pathStyle: true, credentials },
    createS3Location(bucket, rootPrefix),
    { bucket, rootPrefix, farmId, queueId },
    { manifestVersion: "v2023-03-03" },
  );
  return attachments;
}

async function inBrowser(name: BrowserName, folder: string): Promise<AttachmentsJson> {
  await using example = await startExample(store);
  const browser = await browsers[name]();
  try {
    const page = await browser.newPage();
    const url = new URL(example.url);
    url.searchParams.set("rootPath", dirname(folder));
    await page.goto(url.href);
    await page.chooseFolder("#folder", folder);
    await page.type("#secretAccessKey", store.secretKey);
    await page.click("#upload");
    await page.waitFor("!document.getElementById('upload').disabled", 600_000);
    const status = await page.text("#status");
    if (!status.startsWith("Done")) throw new Error(`the page says: ${status}`);
    return JSON.parse(await page.text("#attachments"));
  } finally {
    await browser.close();
  }
}

const [place, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("A place and a folder are needed.");
await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
const attachments = await (place === "Node" ? inNode(folder) : inBrowser(place as BrowserName, folder));
const [root] = attachments.manifests;
const manifestKey = `${store.rootPrefix}/Manifests/${root?.inputManifestPath}`;
const manifest = Manifest.decode(new TextDecoder().decode(await new Bucket(store).get(manifestKey)));
const [files, bytes] = [manifest.fileCount, Number(manifest.totalSize)];
console.log(
  JSON.stringify({ attachments, manifestKey, manifestHash: root?.inputManifestHash, files, bytes }),
);

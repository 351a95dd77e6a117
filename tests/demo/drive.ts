/**
 * What `cargo xtask demo` starts: Chromium with the extension and a ready profile.
 *
 * `--folder DIR` is the folder to drop. With `--headless` it is dropped, and what arrived is
 * checked against the disk by other means than the extension's; `--json` prints one object
 * instead of text. Otherwise a window opens and a person drops.
 */
import { parseArgs } from "node:util";
import type { ExtensionBrowser } from "../browser/chromium.ts";
import { chromiumOf } from "../browser/extension-browser.ts";
import { profileFor, startReadyBrowser } from "../browser/ready-browser.ts";
import { type ShownResult, WorkspacePage } from "../browser/workspace-page.ts";
import { Bucket, type Store, storeFromEnvironment } from "../s3.ts";
import { judge, keysWritten } from "./judge.ts";
import { readLocalFiles } from "./local-files.ts";

const UPLOAD_LIMIT_MS = 25 * 60_000;

/** What a checked upload came to. */
interface Outcome {
  result: ShownResult;
  keys: string[];
  seconds: number;
  /** What did not arrive, in sentences. */
  wrong: string[];
}

async function uploadAndJudge(browser: ExtensionBrowser, store: Store, folder: string): Promise<Outcome> {
  const bucket = new Bucket(store);
  const prefix = `${store.rootPrefix}/`;
  const before = await bucket.list(prefix).catch((error: Error) => {
    throw new Error(`The bucket ${store.bucket} at ${store.endpoint} can't be listed: ${error.message}`);
  });
  const workspace = await WorkspacePage.open(browser);
  const started = performance.now();
  const end = await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS);
  const seconds = (performance.now() - started) / 1000;
  if (end !== "complete") {
    const reasons = (await workspace.problems()).map(({ code, file, text }) => `${code} ${file}\n  ${text}`);
    throw new Error(`The upload ${end === "failed" ? "failed" : "was cancelled"}.\n${reasons.join("\n")}`);
  }
  const result = await workspace.result();
  const after = await bucket.list(prefix);
  const wrong = await judge({
    files: await readLocalFiles(folder),
    rootPrefix: store.rootPrefix,
    assetRoot: profileFor(store, folder).assetRoot,
    result,
    before,
    after,
    facts: await bucket.headSome(keysWritten({ before, after })),
    manifest: await bucket.get(result.manifestKey),
  });
  return { result, keys: keysWritten({ before, after }), seconds: Math.round(seconds * 1000) / 1000, wrong };
}

function printJson({ result, seconds }: Outcome): void {
  const { files, bytes, objectsWritten, objectsSkipped, manifestKey, manifestHash } = result;
  const attachments: unknown = JSON.parse(result.attachments);
  const facts = { files, bytes, objectsWritten, objectsSkipped, manifestKey, manifestHash };
  console.log(JSON.stringify({ ...facts, attachments, seconds }));
}

function printText({ result, keys, seconds }: Outcome): void {
  console.log(`S3 keys written (${keys.length}):`);
  for (const key of keys) console.log(`  ${key}`);
  console.log(
    `\n${result.files} files, ${result.bytes} bytes in ${seconds} s: ` +
      `${result.objectsWritten} objects written, ${result.objectsSkipped} already there.`,
  );
  console.log(`\nManifest key:\n  ${result.manifestKey}`);
  console.log(`\nattachments:\n${result.attachments}`);
}

/** Leaves the browser to a person until they close it. */
async function handOver(browser: ExtensionBrowser, folder: string): Promise<void> {
  await WorkspacePage.open(browser);
  for (const page of await browser.browser.pages()) {
    if (page.url() === "about:blank") await page.close();
  }
  console.log(`Drag a folder onto the workspace tab, for example ${folder}`);
  console.log("Watch it being hashed and uploaded, then copy the attachments JSON that the page shows.");
  console.log(
    "Drop the same folder again: no content is sent twice. Close the browser or press Ctrl-C to end.",
  );
  await new Promise((resolve) => browser.browser.once("disconnected", resolve));
}

const { values: args } = parseArgs({
  options: { folder: { type: "string" }, headless: { type: "boolean" }, json: { type: "boolean" } },
});
if (args.folder === undefined) throw new Error("--folder DIR is needed.");
const { folder, headless = false, json = false } = args;
const store = storeFromEnvironment();
let isStopping = false;
process.once("SIGTERM", () => {
  // Puppeteer closes the browser; what waits for it then fails with words that help nobody.
  isStopping = true;
});
let browser: ExtensionBrowser | undefined;
try {
  browser = chromiumOf(await startReadyBrowser(store, profileFor(store, folder), headless));
  if (headless) {
    const outcome = await uploadAndJudge(browser, store, folder);
    if (json) printJson(outcome);
    else printText(outcome);
    for (const sentence of outcome.wrong) console.error(sentence);
    if (outcome.wrong.length > 0) process.exitCode = 1;
  } else {
    await handOver(browser, folder);
  }
} catch (error) {
  // A person reads this: the sentence, not the stack.
  if (!isStopping) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await browser?.close();
}

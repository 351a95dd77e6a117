/** What an upload leaves for the books: receipts and attachments JSON as files. */
import { mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

let scene: Scene;
let downloads: string;
beforeAll(async () => {
  scene = await Scene.open();
  downloads = await mkdtemp(join(tmpdir(), "downloads-"));
  await scene.browser.saveDownloadsTo(downloads);
});
afterAll(() => scene?.close());

/** Presses a button and gives name and content of the file that comes of it. */
async function download(page: Page, button: string): Promise<{ name: string; content: string }> {
  const before = new Set(await readdir(downloads));
  await page.click(button);
  let name = "";
  await until(async () => {
    const fresh = (await readdir(downloads)).filter((one) => !before.has(one));
    name = fresh[0] ?? "";
    if (fresh.length !== 1 || name.endsWith(".crdownload")) return false;
    // Firefox makes an empty file of the name first.
    return (await stat(join(downloads, name))).size > 0;
  });
  return { name, content: await readFile(join(downloads, name), "utf8") };
}

it("can be downloaded: every file with hash, key and check, as JSON and as CSV", async () => {
  const known = bytes(3000, 41);
  await scene.write({ "known.exr": known });
  const workspace = await scene.workspace();
  const { page } = workspace;
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  await scene.write({ "=1+1.exr": bytes(5000, 42), 'a "quoted", name.exr': bytes(10, 43) });
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const result = await workspace.result();

  const json = await download(page, "#receipt-json");
  expect(json.name).toMatch(/^shot_010-receipt-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.json$/);
  const receipt = JSON.parse(json.content);
  expect(receipt).toMatchObject({
    receiptVersion: 1,
    profile: scene.profile.name,
    outcome: "complete",
    bucket: scene.profile.bucket,
    farmId: scene.profile.farmId,
    queueId: scene.profile.queueId,
    manifestKey: result.manifestKey,
    manifestHash: result.manifestHash,
    totals: { files: 3, bytes: 8010, objectsSent: 2, objectsInStore: 1 },
  });
  expect(Date.parse(receipt.endedAt)).toBeGreaterThanOrEqual(Date.parse(receipt.startedAt));
  const stored = await scene.objects();
  const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(result.manifestKey)));
  const hashes = new Map(
    manifest.paths.map(({ path, hash }: { path: string; hash: string }) => [path, hash]),
  );
  expect(receipt.files).toHaveLength(3);
  for (const { path, size, hash, key } of receipt.files) {
    expect(hash).toBe(hashes.get(path));
    expect(stored.get(key)).toBe(size);
  }
  expect(receipt.files.find(({ path }: { path: string }) => path.endsWith("known.exr"))).toMatchObject({
    status: "in-store",
    verified: expect.stringMatching(/^(by-size|not-verified|by-server)$/),
  });

  const csv = await download(page, "#receipt-csv");
  const lines = csv.content.split("\r\n");
  expect(lines[0]).toBe("\ufeffreceipt version,1");
  const table = lines.slice(lines.indexOf("path,size,chunk,status,verified,hash,key,problem") + 1, -1);
  expect(table).toHaveLength(3);
  expect(table.some((line) => line.startsWith('"shot_010/a ""quoted"", name.exr",10,,sent,'))).toBe(true);
  for (const { content } of [json, csv]) expect(content).not.toContain(scene.store.secretKey);

  const attachments = await download(page, "#download-attachments");
  expect(attachments.content).toBe(result.attachments);
  await page.close();
});

it("is not there any more when the browser has let go of the upload, and the page says so", async () => {
  await scene.clear();
  await scene.write({ "a.exr": bytes(3000, 44) });
  const workspace = await scene.workspace();
  const { page } = workspace;
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  await scene.browser.loseHost();
  await page.click("#receipt-csv");
  await page.waitForFunction(
    () => document.querySelector("#notice")?.textContent?.includes("no receipt any more"),
    // The page itself waits 15 s for an answer.
    { timeout: 60_000 },
  );
  await page.close();
});

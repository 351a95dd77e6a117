/** Pause, resume and cancel in the middle of a large file, timed by the gateway's log; and drops of what is there. */
import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { until } from "../e2e/stage.ts";
import { SEND_BUFFER } from "../gateway/send-buffer.ts";
import { isBody, partsStored, Rig, UPLOAD_LIMIT_MS } from "./rig.ts";

const MIB = 1 << 20;

let rig: Rig;
let workspace: WorkspacePage;
beforeAll(async () => {
  rig = await Rig.open();
});
afterEach(() => workspace?.page.close());
afterAll(() => rig?.close());

/** Bodies in the gateway's log: how many bytes of them have come, and which are still coming. */
async function bodies() {
  const entries = (await rig.gateway.log()).filter(isBody);
  return {
    bytes: entries.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    requests: entries.length,
    open: entries.filter(({ endedMs }) => endedMs === null),
  };
}

/** Presses a button and tells when the page noticed, in milliseconds since 1970. */
async function pressTimed(selector: string): Promise<number> {
  await workspace.page.evaluate((wanted) => {
    document
      .querySelector(wanted)
      ?.addEventListener("click", () => Object.assign(globalThis, { pressedAt: Date.now() }), {
        capture: true,
        once: true,
      });
  }, selector);
  await workspace.page.click(selector);
  return workspace.page.evaluate(() => (globalThis as unknown as { pressedAt: number }).pressedAt);
}

it("no byte of content leaves while it is paused, and it goes on where it was", async () => {
  const folder = await rig.largeShot(512 * MIB);
  const before = await rig.look();
  await rig.inject();
  await rig.gateway.set({ bytesPerSecond: 50 * MIB });
  workspace = await rig.workspace();
  await workspace.drop([folder]);
  await until(async () => partsStored(await rig.gateway.log()).length >= 4);
  await workspace.page.click("#pause");
  expect(await workspace.waiting()).toMatch(/^Paused/);
  await until(async () => (await bodies()).open.length === 0);
  const paused = await bodies();
  // Nothing to wait for: that nothing happens can only be watched for a while.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(await bodies()).toEqual(paused);
  const confirmed = partsStored(await rig.gateway.log());
  expect(confirmed.length).toBeLessThan(32);

  await rig.gateway.set({});
  await workspace.page.click("#pause");
  await workspace.page.waitForSelector("body[data-state=complete]", { timeout: UPLOAD_LIMIT_MS });
  const parts = partsStored(await rig.gateway.log());
  expect(new Set(parts).size).toBe(32);
  expect(parts.filter((part, index) => parts.indexOf(part) !== index)).toEqual([]);
  await rig.gateway.reset();
  expect(await rig.judge(workspace, folder, before)).toEqual([]);
});

it("no content leaves later than 250 ms after Cancel inside a 1 GiB file, and its upload is given up", async () => {
  const folder = await rig.largeShot(1024 * MIB);
  const before = await rig.look();
  await rig.inject();
  workspace = await rig.workspace();
  await workspace.drop([folder]);
  await until(async () => partsStored(await rig.gateway.log()).length >= 4);
  const pressed = await pressTimed("#cancel");
  await new Promise((resolve) => setTimeout(resolve, pressed + 250 - Date.now()));
  const quiet = await bodies();
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  await until(async () => (await bodies()).open.length === 0);
  const later = await bodies();
  console.log(`${later.bytes - quiet.bytes} bytes arrived later than 250 ms after Cancel.`);
  expect(later.requests).toBe(quiet.requests);
  expect(later.bytes - quiet.bytes).toBeLessThanOrEqual(quiet.open.length * SEND_BUFFER);
  const log = await rig.gateway.log();
  expect(
    log.filter(({ operation }) => operation === "AbortMultipartUpload").map(({ status }) => status),
  ).toEqual([204]);
  expect(await rig.newManifests(before)).toEqual([]);
  expect(await rig.audit(before)).toEqual([]);
  expect((await rig.gateway.log()).length).toBe(log.length);
});

it("the second drop of an unchanged folder reads no file and asks for no more than 30, until the cache is cleared", async () => {
  const folder = await rig.shot();
  await rig.inject();
  workspace = await rig.workspace();
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const files = await readLocalFiles(folder);

  // Other bytes behind the same sizes and times: whoever reads them gets other hashes.
  for (const { path, size } of files.filter((file) => file.size > 0)) {
    const place = join(folder, "..", path);
    const { mtimeMs } = await stat(place);
    const content = await readFile(place);
    content[size - 1] = (content[size - 1] ?? 0) ^ 1;
    await writeFile(place, content);
    // The middle of the millisecond, for it is cut off from what the browser tells.
    const time = (Math.floor(mtimeMs) + 0.5) / 1000;
    await utimes(place, time, time);
  }
  await rig.gateway.clearLog();
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const second = await rig.gateway.log();
  const { manifestKey } = await workspace.result();
  const listed = JSON.parse(new TextDecoder().decode(await rig.bucket.get(manifestKey))).paths;
  const hashes = (all: { path: string; hash: string }[]) =>
    Object.fromEntries(all.map(({ path, hash }) => [path, hash]));
  expect(hashes(listed)).toEqual(hashes(files));
  const heads = second.filter(({ method }) => method === "HEAD");
  expect(heads.length).toBeLessThanOrEqual(30);
  const others = second.filter(({ method }) => method !== "HEAD");
  expect(others.map(({ method, key }) => [method, key])).toEqual([["PUT", manifestKey]]);

  const options = await OptionsPage.open(rig.browser);
  await options.page.click("#clear-cache");
  await options.page.waitForSelector("#cache-message[data-state=saved]");
  await options.page.close();
  await rig.gateway.clearLog();
  const before = await rig.look();
  await workspace.page.bringToFront();
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const third = await rig.gateway.log();
  const asked = new Set(third.filter(({ key }) => key.includes("/Data/")).map(({ key }) => key));
  const now = await readLocalFiles(folder);
  expect(asked).toEqual(new Set(now.map(({ hash }) => rig.dataKey(hash))));
  expect(await rig.judge(workspace, folder, before)).toEqual([]);
});

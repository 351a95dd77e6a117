/** What an upload leaves behind for the next one in the journal, and what never gets into it. */

import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import { keepGranted } from "../browser/granted-handles.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { journalOf } from "./journal-of.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

const LIMIT_MS = 60_000;
let seed = 50_000;
async function freshFolder(): Promise<string> {
  seed += 3;
  const files = Array.from({ length: 3 }, (_, n) => [`tex/${n}.bin`, bytes(5_000, seed + n)]);
  return stage.folder("shot", Object.fromEntries(files));
}

it("hashes of an unchanged folder are known at the second drop, until the cache is cleared", async () => {
  const folder = await freshFolder();
  const path = join(folder, "tex/0.bin");
  const longAgo = 1_700_000_000;
  await utimes(path, longAgo, longAgo);
  await stage.prepare(folder);
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], LIMIT_MS)).toBe("complete");
  const first = await workspace.result();

  // Nobody does this to a file by accident; here it shows whether the file is read.
  await writeFile(path, bytes(5_000, 999_999));
  await utimes(path, longAgo, longAgo);
  expect(await workspace.dropAndWait([folder], LIMIT_MS)).toBe("complete");
  const second = await workspace.result();
  expect(second).toMatchObject({ objectsWritten: 0, objectsSkipped: 3, manifestHash: first.manifestHash });

  const options = await OptionsPage.open(stage.browser);
  await options.page.click("#clear-cache");
  await options.page.waitForSelector("#cache-message[data-state=saved]");
  await options.page.close();
  expect(await workspace.dropAndWait([folder], LIMIT_MS)).toBe("complete");
  expect(await workspace.result()).toMatchObject({ objectsWritten: 1, objectsSkipped: 2 });
  await workspace.page.close();
});

it("the journal holds no secret and no signed address", async () => {
  const folder = await stage.folder("shot", {
    "large.bin": bytes(40 << 20, 77_001),
    "small.bin": bytes(9, 77_002),
  });
  await stage.prepare(folder);
  const workspace = await stage.openWorkspace();
  const hold = signal();
  let held = false;
  // Looked at in the middle of a multipart upload, when it knows most.
  stage.gate.rule = (method, path) => {
    if (method !== "PUT" || !/partNumber=[3-9]/.test(path)) return undefined;
    held = true;
    return hold.done;
  };
  await workspace.drop([folder]);
  await until(() => held);
  const noted = ["shot/large.bin", "uploadId", '"etag"'];
  let written = "";
  await until(async () => {
    written = await journalOf(workspace.page);
    return noted.every((one) => written.includes(one));
  });
  for (const secret of [stage.store.secretKey, stage.store.accessKey, "X-Amz-", "AWS4-HMAC", "Signature"])
    expect(written.toLowerCase()).not.toContain(secret.toLowerCase());
  hold.fire();
  await until(async () => (await workspace.state()) === "complete");
  await workspace.page.close();
});

it.skipIf(isFirefox)(
  "an upload whose engine host is gone is continued from the kept folder, which Firefox does not keep, and sends no stored part again",
  async () => {
    const folder = await stage.folder("tower", {
      "large.bin": bytes(64 << 20, 78_001),
      "deep/er/small.bin": bytes(900, 78_002),
    });
    await stage.prepare(folder);
    const before = await stage.manifests();
    const hold = signal();
    let stored = 0;
    stage.gate.rule = (method, path) => {
      if (method !== "PUT" || !path.includes("partNumber=")) return undefined;
      stored += 1;
      return stored > 3 ? hold.done : undefined;
    };
    const first = await stage.openWorkspace();
    await first.drop([folder]);
    await until(() => stored > 3);
    await until(async () => (await journalOf(first.page)).split('"etag"').length - 1 === 3);
    const keeper = await keepGranted(stage.browser);
    await stage.browser.loseHost();
    hold.fire();
    stage.gate.rule = () => undefined;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const sent = stage.gate.seen.filter(
      (line) => line.startsWith("PUT") && line.includes("partNumber="),
    ).length;

    const second = await stage.openWorkspace();
    await second.page.waitForSelector("#continue-upload", { visible: true });
    await keeper.close();
    await second.page.bringToFront();
    const end = await second.endAfter(() => second.page.click("#continue-upload"), LIMIT_MS);
    expect(end).toBe("complete");
    expect(await stage.manifests()).toHaveLength(before.length + 1);
    const { manifestKey } = await second.result();
    const manifest = JSON.parse(new TextDecoder().decode(await stage.bucket.get(manifestKey)));
    expect(manifest.paths.map(({ path }: { path: string }) => path).sort()).toEqual([
      "tower/deep/er/small.bin",
      "tower/large.bin",
    ]);
    const large = manifest.paths.find(({ path }: { path: string }) => path.endsWith("large.bin"));
    const content = await stage.bucket.get(`${stage.store.rootPrefix}/Data/${large.hash}.xxh128`);
    expect(Buffer.compare(Buffer.from(content), await readFile(join(folder, "large.bin")))).toBe(0);

    const parts = stage.gate.seen
      .filter((line) => line.startsWith("PUT") && line.includes("partNumber="))
      .map((line) => new URLSearchParams(line.slice(line.indexOf("?"))).get("partNumber"));
    const [earlier, later] = [parts.slice(0, sent), parts.slice(sent)];
    // Three were answered before the host went away: those are not sent again.
    for (const part of earlier.slice(0, 3)) expect(later).not.toContain(part);
    await second.page.close();
    await first.page.close();
  },
);

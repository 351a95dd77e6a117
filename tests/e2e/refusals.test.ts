/** What only S3 itself would answer, and what happens between two requests: through a gate in front of the store. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import type { ShownItem } from "../browser/workspace-page.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { type Rule, s3Error } from "../faults/gate.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
let folder: string;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

let seed = 0;
/** A folder of two small files that the store has never seen. */
async function freshFolder(): Promise<string> {
  seed += 2;
  return stage.folder("shot", { "a.txt": bytes(1000, 9000 + seed), "b.txt": bytes(1000, 9001 + seed) });
}

/** Drops a fresh folder, waits for the failure, and gives what the page says. */
async function fail(rule: Rule, accessKeyId = stage.credentials.accessKeyId): Promise<ShownItem[]> {
  folder = await freshFolder();
  const before = await stage.manifests();
  await stage.prepare(folder, {}, { accessKeyId });
  stage.gate.rule = rule;
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const problems = await workspace.problems();
  await workspace.page.close();
  expect(await stage.manifests()).toEqual(before);
  return problems;
}

it("names an access key that the server does not know", async () => {
  const [problem] = await fail(() => undefined, "AKIAUNKNOWNUNKNOWN00");
  expect(problem?.code).toBe("credentials-unknown");
});

it("names the right region where the server tells it", async () => {
  const answer = { ...s3Error(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": "eu-west-1" } };
  const [problem] = await fail(() => answer);
  expect(problem?.code).toBe("region-wrong");
  expect(problem?.text).toContain("eu-west-1");
});

it.each([
  ["credentials", () => s3Error(403, "InvalidAccessKeyId"), "credentials-unknown", "enter-credentials"],
  ["signature", () => s3Error(403, "SignatureDoesNotMatch"), "credentials-wrong", "enter-credentials"],
  ["skew", () => s3Error(403, "RequestTimeTooSkewed"), "clock-wrong", "try-again"],
  ["bucket", () => s3Error(403, "AccessDenied"), "bucket-denied", "copy-permissions"],
  ["object", deniedObjects, "object-denied", "copy-permissions"],
  ["kms", deniedKey, "encryption-key-denied", "copy-permissions"],
  [
    "region",
    () => ({ ...s3Error(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": "eu-west-1" } }),
    "region-wrong",
    "use-region",
  ],
] as const)("explains a refusal that is about %s, with one button", async (_about, rule, code, action) => {
  folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = rule;
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  await workspace.page.waitForSelector(`#problems [data-denial=${code}]`);
  const buttons = await workspace.page.$$eval("#problems button", (all) =>
    all.map((one) => one.dataset.action),
  );
  expect(buttons).toEqual([action]);
  // An upload keeps the profile that it was begun with.
  const isMendedElsewhere = code === "region-wrong";
  expect(await isRetryOffered(workspace.page)).toBe(!isMendedElsewhere);
  await workspace.page.close();
});

it("tries again at the press of the button that says so, and keeps the focus", async () => {
  folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => s3Error(403, "RequestTimeTooSkewed");
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  await page.waitForSelector("#problems [data-action=try-again]");
  stage.gate.rule = () => undefined;
  await page.focus("#problems [data-action=try-again]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("body[data-state=complete]", { timeout: 60_000 });
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("headline");
  expect((await workspace.result()).files).toBe(2);
  await page.close();
});

it("explains that the bucket is not the expected account's, and leads to the field", async () => {
  folder = await freshFolder();
  await stage.prepare(folder, { expectedBucketOwner: "123456789012" });
  stage.gate.rule = (_method, _path, headers) =>
    headers["x-amz-expected-bucket-owner"] === undefined ? undefined : s3Error(403, "AccessDenied");
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const button = await workspace.page.waitForSelector("#problems [data-denial=bucket-owner-wrong] button");
  await until(async () => !(await isRetryOffered(workspace.page)));
  await button?.click();
  const options = await stage.browser.opened("/options.html");
  await options.waitForFunction(() => document.activeElement?.id === "expectedBucketOwner");
  await options.close();
  await workspace.page.close();
});

const isRetryOffered = (page: Page) => page.$eval("#retry", (button) => button.checkVisibility());

/** Single objects may not be written, but the bucket may be looked into. */
function deniedObjects(method: string) {
  return method === "PUT" ? s3Error(403, "AccessDenied") : undefined;
}

function deniedKey(method: string) {
  const said = "<Message>not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:x</Message>";
  return method === "HEAD" ? undefined : s3Error(403, "AccessDenied", said);
}

it("tells that there is no such bucket", async () => {
  const [problem] = await fail((method) => {
    return method === "HEAD" ? { status: 404 } : s3Error(404, "NoSuchBucket");
  });
  expect(problem?.code).toBe("bucket-missing");
  expect(problem?.text).toContain("then upload again");
});

it("names a file that was deleted between hashing and sending", async () => {
  const hold = signal();
  const ended = fail((method) => (method === "HEAD" ? hold.done : undefined));
  await until(() => stage.gate.seen.length === 2);
  await rm(join(folder, "a.txt"));
  hold.fire();
  const problems = await ended;
  expect(problems.map(({ code, file }) => [code, file])).toEqual([["file-unreadable", "shot/a.txt"]]);
});

it.skipIf(isFirefox)(
  "reads a dropped file anew, which Firefox gives no lasting access to, that was changed between hashing and sending",
  async () => {
    folder = await freshFolder();
    await stage.prepare(folder);
    const hold = signal();
    stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
    const workspace = await stage.openWorkspace();
    await workspace.drop([folder]);
    await until(() => stage.gate.seen.length === 2);
    await writeFile(join(folder, "a.txt"), `other bytes ${seed}`);
    hold.fire();
    await workspace.page.waitForSelector("body[data-state=complete]");
    const { manifestKey } = await workspace.result();
    const manifest = JSON.parse(new TextDecoder().decode(await stage.bucket.get(manifestKey)));
    expect(manifest.paths).toEqual(await readLocalFiles(folder));
    for (const { hash, size } of manifest.paths) {
      const content = await stage.bucket.get(`${stage.store.rootPrefix}/Data/${hash}.xxh128`);
      expect(content.byteLength).toBe(size);
    }
    await workspace.page.close();
  },
);

it("names a chosen file that was changed between hashing and sending", async () => {
  folder = await freshFolder();
  await stage.prepare(folder);
  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
  const workspace = await stage.openWorkspace();
  await workspace.chooseFolder(folder);
  await until(() => stage.gate.seen.length === 2);
  await writeFile(join(folder, "a.txt"), "other bytes");
  hold.fire();
  await workspace.page.waitForSelector("body[data-state=failed]");
  const problems = await workspace.problems();
  expect(problems.map(({ code, file }) => [code, file])).toEqual([["file-changed", "shot/a.txt"]]);
  await workspace.page.close();
});

it("asks for nothing any more after cancel", async () => {
  folder = await freshFolder();
  const before = await stage.manifests();
  await stage.prepare(folder);
  const hold = signal();
  stage.gate.rule = (method) => (method === "PUT" ? hold.done : undefined);
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.some((line) => line.startsWith("PUT")));
  await workspace.page.click("#cancel");
  await until(async () => (await workspace.state()) === "cancelled");
  const seen = stage.gate.seen.length;
  hold.fire();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(stage.gate.seen).toHaveLength(seen);
  expect(await stage.manifests()).toEqual(before);
  await workspace.page.close();
});

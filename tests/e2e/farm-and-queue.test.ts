/** Farm and queue chosen from Deadline Cloud's lists, and uploads with the credentials that the queue gives. */
import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { type Moto, startMoto } from "../moto.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { type Settings, StandIn } from "../stand-in/client.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

const STUDIO = {
  accessKeyId: "ASIASTUDIOSTUDIO0001",
  secretAccessKey: "the-secret-of-the-studio/+Example",
  sessionToken: "the-token-of-the-studio",
};
const FARM = `farm-${"a".repeat(32)}`;
const OTHER_FARM = `farm-${"b".repeat(32)}`;
const QUEUE = `queue-${"1".repeat(32)}`;
const OTHER_QUEUE = `queue-${"2".repeat(32)}`;
const ROLE = "arn:aws:iam::123456789012:role/QueueRole";

let scene: Scene;
let standIn: StandIn;
/** Takes the tokens of any STS, which the other store does not know. */
let moto: Moto;
let options: OptionsPage;
let page: Page;
beforeAll(async () => {
  standIn = await StandIn.open({});
  moto = await startMoto(storeFromEnvironment());
  scene = await Scene.open([standIn.origin, moto.store.endpoint]);
});
afterEach(() => page?.close());
afterAll(async () => {
  await scene?.close();
  await moto?.[Symbol.asyncDispose]();
  await standIn?.close();
});

function queue(queueId: string, displayName: string, more: Record<string, unknown> = {}) {
  const { bucket, rootPrefix } = scene.store;
  return {
    queueId,
    displayName,
    jobAttachmentSettings: { s3BucketName: bucket, rootPrefix },
    roleArn: ROLE,
    ...more,
  };
}

/** What the stand-in knows, unless a test says otherwise: two farms, of which one has a queue. */
function settings(change: Settings = {}): Settings {
  const { region, accessKey, secretKey } = scene.store;
  return {
    region,
    pageSize: 1,
    keys: [STUDIO],
    farms: [
      { farmId: OTHER_FARM, displayName: "Archive" },
      { farmId: FARM, displayName: "Film", queues: [queue(QUEUE, "Lighting")] },
    ],
    queueCredentials: [
      { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: "the-token-of-the-queue" },
    ],
    ...change,
  };
}

/** A new profile in which everything but farm, queue and store is typed, with the studio's credentials. */
async function begin(change: Settings = {}): Promise<void> {
  await standIn.reset();
  await standIn.set(settings(change));
  options = await OptionsPage.open(scene.browser);
  page = options.page;
  await options.savePasted(pastedJson(STUDIO, Date.now() + 3_600_000));
  await options.typeProfile({
    ...scene.profile,
    farmId: "",
    queueId: "",
    bucket: "",
    rootPrefix: "",
    endpoint: moto.store.endpoint,
    deadlineEndpoint: standIn.origin,
  });
}

const message = () => page.$eval("#choose-queue-message", (element) => element.textContent?.trim() ?? "");
const said = (state: string) => page.waitForSelector(`#choose-queue-message[data-state=${state}]`);
const value = (id: string) => page.$eval(`#${id}`, (field) => (field as HTMLInputElement).value);
const choices = (id: string) => page.$$eval(`#${id} option`, (all) => all.map((one) => one.textContent));

it("is chosen from all pages of the lists, fills in the store, and the only queue needs no choosing", async () => {
  await begin();
  await page.focus("#choose-queue");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#farm-choice option:nth-child(3)");
  expect(await choices("farm-choice")).toEqual(["Choose…", "Archive", "Film"]);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("farm-choice");
  await page.select("#farm-choice", FARM);
  await said("saved");
  await until(async () => (await message()).startsWith("Filled in from queue Lighting"));
  expect([await value("farmId"), await value("queueId")]).toEqual([FARM, QUEUE]);
  expect([await value("bucket"), await value("rootPrefix")]).toEqual([
    scene.store.bucket,
    scene.store.rootPrefix,
  ]);
  expect(await value("expectedBucketOwner")).toBe("123456789012");
  expect(await page.$eval("#queueRole", (box) => (box as HTMLInputElement).checked)).toBe(true);
  // Every question was signed, and well: the stand-in refuses any other.
  const log = await standIn.log();
  expect(new Set(log.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(log.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([STUDIO.accessKeyId]));
  expect(log.filter(({ operation }) => operation === "ListFarms")).toHaveLength(2);
});

it("uploads with the queue's credentials, which no page and no disk ever sees", async () => {
  await begin({ farms: [{ farmId: FARM, displayName: "Film", queues: [queue(QUEUE, "Lighting")] }] });
  await page.click("#choose-queue");
  await until(async () => (await message()).startsWith("Filled in"));
  await page.click("#save-profile");
  await page.waitForSelector("#profile-message[data-state=saved]");
  await scene.write({ "scene.ma": bytes(20_000, 31), "tex/a.png": bytes(5_000, 32) });
  const workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const { objectsWritten, manifestKey } = await workspace.result();
  expect(objectsWritten).toBe(2);
  const manifest: { paths: unknown } = JSON.parse(
    new TextDecoder().decode(await new Bucket(moto.store).get(manifestKey)),
  );
  expect(manifest.paths).toEqual(await readLocalFiles(scene.folder));
  const assumed = (await standIn.log()).filter(({ operation }) => operation === "AssumeQueueRoleForUser");
  expect(assumed).toHaveLength(1);
  const worker = await scene.browser.background();
  expect(
    await worker.evaluate(async () => JSON.stringify(await chrome.storage.local.get(null))),
  ).not.toContain("the-");
  const session = () => worker.evaluate(async () => JSON.stringify(await chrome.storage.session.get(null)));
  expect(await session()).toContain("the-token-of-the-queue");
  await page.bringToFront();
  await page.click("#forget-credentials");
  await page.waitForSelector("#forget-credentials", { hidden: true });
  expect(await session()).not.toContain("the-token-of");
  await workspace.page.close();
});

it.each([
  [
    "a queue without attachments",
    { jobAttachmentSettings: undefined },
    "has no job attachments bucket",
    "choose-queue",
  ],
  ["a queue without a role", { roleArn: undefined }, "has no role", "choose-queue"],
])("says so of %s, with one button", async (_what, more, sentence, action) => {
  await begin({ farms: [{ farmId: FARM, displayName: "Film", queues: [queue(QUEUE, "Lighting", more)] }] });
  await page.click("#choose-queue");
  await said("refused");
  expect(await message()).toContain(sentence);
  expect(
    await page.$$eval("#choose-queue-message button", (all) => all.map((one) => one.dataset.action)),
  ).toEqual([action]);
});

it("says which permission is missing, and copies it", async () => {
  await begin();
  await standIn.inject({ operation: "ListFarms", status: 403, kind: "AccessDeniedException" });
  await page.click("#choose-queue");
  await said("refused");
  expect(await message()).toContain("These credentials may not do ListFarms.");
  const button = await page.waitForSelector("#choose-queue-message [data-action=copy-permissions]");
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      Object.assign(globalThis, { copied: text });
    };
  });
  await button?.click();
  await page.waitForFunction(() => "copied" in globalThis);
  expect(
    await page.evaluate(() => JSON.stringify((globalThis as unknown as { copied: string }).copied)),
  ).toContain("deadline:ListFarms");
});

it("tries again what failed in passing, at the press of its button", async () => {
  await begin({ farms: [{ farmId: FARM, displayName: "Film", queues: [queue(QUEUE, "Lighting")] }] });
  await standIn.inject({ operation: "ListFarms", status: 503, kind: "ServiceUnavailable" });
  await page.click("#choose-queue");
  await said("refused");
  await page.focus("#choose-queue-message [data-action=try-again]");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("choose-queue");
  await until(async () => (await message()).startsWith("Filled in"));
});

it("asks anew with the service's own time when this computer's clock is wrong", async () => {
  await begin({ skewMinutes: 42 });
  await page.click("#choose-queue");
  await page.waitForSelector("#farm-choice option:nth-child(3)");
  expect((await standIn.log()).map(({ status }) => status).slice(0, 2)).toEqual([403, 200]);
});

it("lists for users of a monitor only with their own id", async () => {
  const principalId = "01234567-89ab-cdef-0123-456789abcdef";
  await begin({ principalId });
  await page.click("#choose-queue");
  await said("refused");
  expect(await message()).toContain("fill in your user id");
  await page.type("#principalId", principalId);
  await page.click("#choose-queue");
  await page.waitForSelector("#farm-choice option:nth-child(3)");
});

it("keeps the fields for who knows better, when there is no way to the lists", async () => {
  await begin({ farms: [] });
  await page.click("#choose-queue");
  await said("refused");
  expect(await message()).toMatch(/^There are no farms in region/);
  await page.type("#farmId", FARM);
  await page.type("#queueId", OTHER_QUEUE);
  await page.type("#bucket", scene.store.bucket);
  await page.type("#rootPrefix", scene.store.rootPrefix);
  await page.click("#save-profile");
  await page.waitForSelector("#profile-message[data-state=saved]");
});

/** Storage profiles: chosen from the queue's list, looked at before each upload, and what they make of one. */
import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { OptionsPage } from "../browser/options-page.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { type Moto, startMoto } from "../moto.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { type Settings, StandIn } from "../stand-in/client.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

const ARTIST = {
  accessKeyId: "ASIAARTISTARTIST0001",
  secretAccessKey: "the-secret-of-the-artist/+Example",
  sessionToken: "the-token-of-the-artist",
};
const START_URL = "https://studio.awsapps.com/start";
const FARM = `farm-${"a".repeat(32)}`;
const QUEUE = `queue-${"1".repeat(32)}`;
const LINUX = `sp-${"c".repeat(32)}`;
const WINDOWS = `sp-${"d".repeat(32)}`;
const BARE = `sp-${"e".repeat(32)}`;

let scene: Scene;
let standIn: StandIn;
/** Takes the tokens of any STS, which the other store does not know. */
let moto: Moto;
let options: OptionsPage;
let page: Page;
let workspace: WorkspacePage;
beforeAll(async () => {
  standIn = await StandIn.open({});
  moto = await startMoto(storeFromEnvironment());
  scene = await Scene.open([standIn.origin, moto.store.endpoint]);
  await standIn.set(settings({}));
  options = await OptionsPage.open(scene.browser);
  page = options.page;
  await options.signIn(standIn, START_URL);
});
beforeEach(async () => {
  await scene.clear();
  await page.bringToFront();
});
afterEach(() => workspace?.page.close().catch(() => undefined));
afterAll(async () => {
  await scene?.close();
  await moto?.[Symbol.asyncDispose]();
  await standIn?.close();
});

/** As the studio has its files: `queue` is what else GetQueue says. */
function settings(queue: Record<string, unknown>): Settings {
  const { bucket, rootPrefix, region, accessKey, secretKey } = scene.store;
  const folder = scene.folder;
  const local = (name: string, path: string) => ({ name, path: `${folder}/${path}`, type: "LOCAL" });
  const profile = (storageProfileId: string, displayName: string) => ({ storageProfileId, displayName });
  return {
    region,
    pageSize: 1,
    farms: [
      {
        farmId: FARM,
        displayName: "Film",
        queues: [
          {
            queueId: QUEUE,
            displayName: "Lighting",
            jobAttachmentSettings: { s3BucketName: bucket, rootPrefix },
            roleArn: "arn:aws:iam::123456789012:role/QueueRole",
            ...queue,
          },
        ],
        storageProfiles: [
          { ...profile(BARE, "Laptops"), osFamily: "MACOS", fileSystemLocations: [] },
          {
            ...profile(LINUX, "Workstations"),
            osFamily: "LINUX",
            fileSystemLocations: [
              local("Textures", "tex"),
              local("Scenes", "scenes"),
              { name: "Library", path: `${folder}/lib`, type: "SHARED" },
            ],
          },
          {
            ...profile(WINDOWS, "Office"),
            osFamily: "WINDOWS",
            fileSystemLocations: [{ name: "Textures", path: "P:\\tex", type: "LOCAL" }],
          },
        ],
      },
    ],
    queueCredentials: [
      { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: "the-token-of-the-queue" },
    ],
    identityCenter: {
      startUrl: START_URL,
      accounts: [
        {
          accountId: "123456789012",
          accountName: "Studio",
          roles: [{ roleName: "Artist", keys: ARTIST }],
        },
      ],
    },
  };
}

/** Chooses farm, queue and storage profile from the lists, and saves the profile. */
async function choose(storageProfileId: string): Promise<void> {
  await options.typeProfile({
    ...scene.profile,
    farmId: "",
    queueId: "",
    bucket: "",
    rootPrefix: "",
    endpoint: moto.store.endpoint,
    deadlineEndpoint: standIn.origin,
    locationName: storageProfileId === LINUX ? "Textures" : "",
  });
  await page.click("#choose-queue");
  // Those of an earlier choice are hidden when the queue is known.
  await page.waitForFunction(() => (document.querySelector("#bucket") as HTMLInputElement).value !== "");
  await page.waitForSelector("#storage-profile-choices:not([hidden]) option:nth-child(4)");
  expect(await offered()).toEqual([
    "No storage profile",
    "Laptops (macOS)",
    "Workstations (Linux)",
    "Office (Windows)",
  ]);
  await page.select("#storage-profile-choice", storageProfileId);
  await page.$eval("#profile-message", (message) => message.removeAttribute("data-state"));
  await page.focus("#save-profile");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#profile-message[data-state=saved]");
}

const offered = () =>
  page.$$eval("#storage-profile-choice option", (all) => all.map((one) => one.textContent));
/** The storage profile that the form shows as chosen; nothing where it shows none. */
const shown = () =>
  page.$eval("#storage-profile-choice", (list) =>
    (list as HTMLSelectElement).checkVisibility()
      ? (list as HTMLSelectElement).selectedOptions[0]?.textContent
      : undefined,
  );
const value = (id: string) => page.$eval(`#${id}`, (field) => (field as HTMLInputElement).value);
const sent = () => new Bucket(moto.store).list(`${scene.store.rootPrefix}/`);

it("shapes an upload: a manifest for each LOCAL location, and nothing of a SHARED one is sent", async () => {
  await standIn.set(settings({ requiredFileSystemLocationNames: ["Textures", "Library"] }));
  await choose(LINUX);
  expect(await shown()).toBe("Workstations (Linux)");
  expect([await value("storageProfileId"), await value("locationName")]).toEqual([LINUX, ""]);
  expect(await wrongIn(page)).toEqual([]);

  await scene.write({
    "tex/wood/a.exr": bytes(20_000, 1),
    "tex/b.exr": bytes(10_000, 2),
    "scenes/s.ma": bytes(5_000, 3),
    "lib/robot.ma": bytes(7_000, 4),
  });
  workspace = await scene.workspace();
  await workspace.lookAtPreviews();
  await workspace.drop([scene.folder]);
  await workspace.page.waitForSelector("body[data-state=preview]");
  await workspace.page.waitForFunction(() => document.querySelector("#preview-state")?.textContent === "");
  await until(async () => (await workspace.notTaken()).length > 0);
  expect(await workspace.notTaken()).toEqual([
    { code: "shared", file: "shot_010/lib/robot.ma", text: expect.stringContaining("location Library") },
  ]);
  expect(await wrongIn(workspace.page)).toEqual([]);
  expect(await workspace.endAfter(() => workspace.page.click("#preview-upload"), UPLOAD_LIMIT_MS)).toBe(
    "complete",
  );

  const { attachments, files, manifestKey } = await workspace.result();
  expect(files).toBe(3);
  const { manifests } = JSON.parse(attachments);
  const roots = manifests.map(({ rootPath, fileSystemLocationName }: Record<string, string>) => [
    rootPath,
    fileSystemLocationName,
  ]);
  expect(roots).toEqual([
    [`${scene.folder}/scenes`, "Scenes"],
    [`${scene.folder}/tex`, "Textures"],
  ]);
  const bucket = new Bucket(moto.store);
  const paths: string[][] = [];
  const keys = manifests.map(
    (one: Record<string, string>) => `${scene.store.rootPrefix}/Manifests/${one.inputManifestPath}`,
  );
  for (const key of keys) {
    const manifest = JSON.parse(new TextDecoder().decode(await bucket.get(key)));
    paths.push(manifest.paths.map((entry: { path: string }) => entry.path));
  }
  expect(paths).toEqual([["s.ma"], ["b.exr", "wood/a.exr"]]);
  expect(manifestKey).toBe(keys[0]);
  const further = await workspace.page.$$eval("#further-manifests li", (all) =>
    all.map((one) => one.dataset.value),
  );
  expect(further).toEqual(keys.slice(1));
  // Three contents and two manifests, and nothing else.
  const objects = await sent();
  expect([...objects.values()].filter((size) => size === 7_000)).toEqual([]);
  expect(objects.size).toBe(5);
  expect(await wrongIn(workspace.page)).toEqual([]);
  const asked = (await standIn.log()).map(({ operation, status }) => `${operation} ${status}`);
  expect(asked).toContain("GetStorageProfileForQueue 200");
});

it("is told after a restart of the page by its id, and by its name once the lists are there again", async () => {
  await standIn.set(settings({}));
  await choose(LINUX);
  await page.reload();
  await page.waitForSelector("#storage-profile-choices:not([hidden])");
  expect([await shown(), await offered()]).toEqual([LINUX, ["No storage profile", LINUX]]);
  await page.waitForSelector("#save-profile:enabled");
  await page.click("#choose-queue");
  await page.waitForSelector("#storage-profile-choice option:nth-child(4)");
  expect(await shown()).toBe("Workstations (Linux)");
});

it("says that workers have everything, where all of it is shared", async () => {
  await standIn.set(settings({}));
  await choose(LINUX);
  await scene.write({ "lib/robot.ma": "r", "lib/rig.ma": "g" });
  const before = await sent();
  workspace = await scene.workspace();
  await workspace.lookAtPreviews();
  await workspace.drop([scene.folder]);
  await workspace.page.waitForSelector("#preview-upload:disabled");
  await until(async () => (await workspace.notTaken()).length === 2);
  await workspace.page.click("#preview-cancel");
  expect(await sent()).toEqual(before);
});

it.each([
  [
    "none is chosen",
    "",
    { requiredFileSystemLocationNames: ["Textures"] },
    "requires the file system locations Textures",
  ],
  ["it lacks a required location", BARE, { requiredFileSystemLocationNames: ["Textures"] }, "Textures"],
  ["it is for another system", WINDOWS, {}, "is for WINDOWS"],
  ["the queue allows it no more", LINUX, { allowedStorageProfileIds: [BARE] }, "no such"],
])("refuses to begin and sends nothing where %s", async (_what, id, queue, words) => {
  await standIn.set(settings({}));
  await choose(id);
  await standIn.set(settings(queue));
  await scene.write({ "tex/a.exr": "a" });
  const before = await sent();
  workspace = await scene.workspace();
  await workspace.drop([scene.folder]);
  await workspace.page.waitForFunction(() => document.querySelector("#notice")?.textContent !== "");
  const notice = await workspace.page.$eval("#notice", (element) => element.textContent);
  expect(notice).toContain(words);
  expect(await workspace.page.$eval("#notice button", (button) => button.dataset.action)).toBe(
    "choose-queue",
  );
  expect(await wrongIn(workspace.page)).toEqual([]);
  expect(await sent()).toEqual(before);
});

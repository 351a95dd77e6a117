/**
 * After sign-out nothing is left of what a sign-in brought, in no memory of the extension, in none of its stores and not in
 * the browser's folder: the keys of the role, those that the queue gave for them, the tokens of the portal, and what the
 * client was registered with.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ExtensionBrowser } from "../browser/chromium.ts";
import { chromiumOf } from "../browser/extension-browser.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "../e2e/scene.ts";
import { type Moto, startMoto } from "../moto.ts";
import { PATIENCE_MS } from "../patience.ts";
import { storeFromEnvironment } from "../s3.ts";
import { StandIn } from "../stand-in/client.ts";
import { LOOK_LIMIT_MS, lookEverywhere } from "./everywhere.ts";
import { formsBelow, formsIn, partedBy } from "./secret-forms.ts";
import { readStores } from "./stores.ts";

const START_URL = "https://studio.awsapps.com/start";
const secret = (name: string) => `${name}-${randomBytes(24).toString("hex")}`;
const ROLE = {
  accessKeyId: "ASIAARTISTARTIST0001",
  secretAccessKey: secret("role"),
  sessionToken: secret("token"),
};
const QUEUE_TOKEN = secret("queue-token");
const FARM = `farm-${"a".repeat(32)}`;
const QUEUE = `queue-${"1".repeat(32)}`;

let scene: Scene;
let standIn: StandIn;
/** Takes the tokens of any STS, which the other store does not know. */
let moto: Moto;
let browser: ExtensionBrowser;
beforeAll(async () => {
  standIn = await StandIn.open({});
  moto = await startMoto(storeFromEnvironment());
  scene = await Scene.open([standIn.origin, moto.store.endpoint]);
  browser = chromiumOf(scene.browser);
  const { bucket, rootPrefix, region, accessKey, secretKey } = scene.store;
  const queue = {
    queueId: QUEUE,
    displayName: "Lighting",
    jobAttachmentSettings: { s3BucketName: bucket, rootPrefix },
    roleArn: "arn:aws:iam::123456789012:role/QueueRole",
  };
  await standIn.set({
    region,
    farms: [{ farmId: FARM, displayName: "Film", queues: [queue] }],
    queueCredentials: [{ accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: QUEUE_TOKEN }],
    identityCenter: {
      startUrl: START_URL,
      accounts: [
        { accountId: "123456789012", accountName: "Studio", roles: [{ roleName: "Artist", keys: ROLE }] },
      ],
    },
  });
});
afterAll(async () => {
  await scene?.close();
  await moto?.[Symbol.asyncDispose]();
  await standIn?.close();
});

const session = async () => {
  const worker = await browser.serviceWorker();
  return worker.evaluate(async () => JSON.stringify(await chrome.storage.session.get(null)));
};

it("nothing of them is in any memory or store after it, nor on disk", {
  timeout: LOOK_LIMIT_MS,
}, async () => {
  const options = await OptionsPage.open(browser);
  const { page } = options;
  await options.signIn(standIn, START_URL);
  await options.saveProfile({
    ...scene.profile,
    farmId: FARM,
    queueId: QUEUE,
    endpoint: moto.store.endpoint,
    deadlineEndpoint: standIn.origin,
    queueRole: true,
  });
  await scene.write({ "a.bin": bytes(300_000, 11) });
  const workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");

  // What the services have given is in the memory of the session, and the search finds it there. All of it: also what was of
  // use for a moment only, such as the device code.
  const given = Object.fromEntries((await standIn.secrets()).map((one, at) => [`given ${at}`, one]));
  expect(Object.keys(given).length).toBeGreaterThan(3);
  const secrets = {
    ...given,
    role: ROLE.secretAccessKey,
    roleToken: ROLE.sessionToken,
    queueToken: QUEUE_TOKEN,
    queueKey: scene.store.secretKey,
  };
  expect(formsIn(Buffer.from(await session()), given).length).toBeGreaterThan(2);
  for (const one of ["role", "roleToken", "queueToken", "queueKey"])
    expect(formsIn(Buffer.from(await session()), secrets)).toContain(`${one} (UTF-8)`);
  const during = await lookEverywhere(browser, secrets);
  expect(during.found.length).toBeGreaterThan(0);

  await page.bringToFront();
  await page.click("#forget-credentials");
  await page.waitForSelector("#forget-credentials", { hidden: true });
  const asked = async () => (await standIn.log()).map(({ operation }) => operation);
  await expect.poll(asked, { timeout: PATIENCE_MS }).toContain("Logout");
  const after = await lookEverywhere(browser, secrets);
  for (const part of ["background.js", "offscreen.html", "workspace.html", "options.html"])
    expect(
      after.names.some((name) => name.endsWith(part)),
      part,
    ).toBe(true);
  expect(after.found).toEqual([]);
  const stores = await page.evaluate(readStores);
  expect(stores.IndexedDB).toContain("a.bin");
  for (const [place, text] of Object.entries(stores))
    expect(formsIn(Buffer.from(text), secrets), place).toEqual([]);

  let startUrl: string[] = [];
  let onDisk: string[] = [];
  await browser.close(async (profile) => {
    // Kept for the next sign-in, so that the search is known to find what is there.
    const all = await formsBelow(profile, { ...secrets, startUrl: START_URL });
    ({ these: startUrl, others: onDisk } = partedBy(all, ["startUrl"]));
  });
  expect(startUrl.some((one) => one.includes("Local Extension Settings"))).toBe(true);
  expect(onDisk).toEqual([]);
});

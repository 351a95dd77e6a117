/**
 * Temporary credentials of a real STS (moto's) that end in the middle of an upload: the queue gives others, and nothing is sent
 * twice. moto takes any signature, so the gate in front of it refuses the first credentials once they have ended, as S3 does.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AnyExtensionBrowser, startExtension } from "../browser/extension-browser.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { Gate, s3Error } from "../faults/gate.ts";
import { type Moto, startMoto } from "../moto.ts";
import { storeFromEnvironment } from "../s3.ts";
import { type Keys, StandIn } from "../stand-in/client.ts";
import { bytes } from "./scene.ts";
import { until } from "./stage.ts";

const STUDIO = {
  accessKeyId: "ASIASTUDIOSTUDIO0001",
  secretAccessKey: "the-secret-of-the-studio",
  sessionToken: "the-token-of-the-studio",
};
const ROLE = "arn:aws:iam::123456789012:role/QueueRole";
const FILES = 12;
const FILE_SIZE = 100_000;

let moto: Moto;
let gate: Gate;
let standIn: StandIn;
let browser: AnyExtensionBrowser;
let folder: string;
let seed = 0;
beforeAll(async () => {
  moto = await startMoto(storeFromEnvironment());
  gate = await Gate.open(moto.store.endpoint);
  standIn = await StandIn.open({});
  browser = await startExtension({ headless: true, grantedOrigins: [gate.origin, standIn.origin] });
});
beforeEach(async () => {
  seed += 1;
  folder = join(await mkdtemp(join(tmpdir(), "drop-")), "shot");
  await mkdir(folder);
  for (let n = 0; n < FILES; n += 1)
    await writeFile(join(folder, `${n}.bin`), bytes(FILE_SIZE, 60_000 + seed * 100 + n));
});
afterAll(async () => {
  await browser?.close();
  await standIn?.close();
  await gate?.close();
  await moto?.[Symbol.asyncDispose]();
  await rm(dirname(folder), { recursive: true, force: true });
});

/** Credentials of the queue's role, from moto's STS. */
async function assumeRole(seconds: number): Promise<Keys> {
  const parameters = {
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: ROLE,
    RoleSessionName: "test",
    DurationSeconds: "900",
  };
  const reply = await fetch(moto.store.endpoint, {
    method: "POST",
    headers: {
      // moto tells its services apart by the scope of the signature, which it does not look at otherwise.
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams(parameters),
  });
  const text = await reply.text();
  const value = (name: string): string => {
    const found = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
    if (found === undefined) throw new Error(`STS gave no ${name}: ${text}`);
    return found;
  };
  return {
    accessKeyId: value("AccessKeyId"),
    secretAccessKey: value("SecretAccessKey"),
    sessionToken: value("SessionToken"),
    seconds,
  };
}

/** From now on the queue gives these one after the other, and refuses nothing. */
async function give(keys: Keys[]): Promise<void> {
  await standIn.reset();
  const { store } = moto;
  await standIn.set({
    region: store.region,
    keys: [STUDIO],
    farms: [
      {
        farmId: store.farmId,
        displayName: "Film",
        queues: [
          {
            queueId: store.queueId,
            displayName: "Lighting",
            jobAttachmentSettings: { s3BucketName: store.bucket, rootPrefix: store.rootPrefix },
            roleArn: ROLE,
          },
        ],
      },
    ],
    queueCredentials: keys,
  });
}

/** Has the queue give these one after the other, and sets up a profile that uses them. */
async function prepare(keys: Keys[]): Promise<WorkspacePage> {
  await give(keys);
  const { store } = moto;
  const options = await OptionsPage.open(browser);
  await options.page.click("#forget-credentials").catch(() => undefined);
  await options.saveProfile({
    ...profileFor(store, folder),
    endpoint: gate.origin,
    deadlineEndpoint: standIn.origin,
    queueRole: true,
  });
  expect((await options.savePasted(pastedJson(STUDIO, Date.now() + 3_600_000))).state).toBe("saved");
  await options.page.close();
  gate.seen.length = 0;
  return WorkspacePage.open(browser);
}

const isSignedBy = (headers: Record<string, unknown>, { accessKeyId }: Keys): boolean =>
  String(headers.authorization).includes(`Credential=${accessKeyId}/`);
const assumed = async () =>
  (await standIn.log()).filter(({ operation }) => operation === "AssumeQueueRoleForUser").length;

it("are renewed before they end: no request is refused, and nothing is sent twice", async () => {
  const life = 12;
  const [first, second] = [await assumeRole(life), await assumeRole(3600)];
  const workspace = await prepare([first, second]);
  const by = { first: 0, second: 0, refused: 0 };
  const puts: string[] = [];
  let end = Number.POSITIVE_INFINITY;
  gate.bytesPerSecond = 120_000;
  gate.rule = (method, path, headers) => {
    if (method === "PUT" && path.includes("/Data/")) puts.push(path);
    if (isSignedBy(headers, second)) by.second += 1;
    else {
      by.first += 1;
      end = Math.min(end, Date.now() + life * 1000);
      if (Date.now() > end) {
        by.refused += 1;
        return s3Error(400, "ExpiredToken");
      }
    }
    return undefined;
  };
  expect(await workspace.dropAndWait([folder], 90_000)).toBe("complete");
  gate.bytesPerSecond = undefined;
  expect((await workspace.result()).objectsWritten).toBe(FILES);
  expect(by.refused).toBe(0);
  expect(by.first).toBeGreaterThan(0);
  expect(by.second).toBeGreaterThan(0);
  expect(new Set(puts).size).toBe(FILES);
  // One goes with a deliberately wrong checksum, to see whether the server compares them: moto does not.
  expect(puts.length).toBeLessThanOrEqual(FILES + 1);
  expect(await assumed()).toBeGreaterThanOrEqual(2);
  await workspace.page.close();
});

it("are replaced when S3 calls them expired too early: the upload waits, goes on by itself, and starts nothing anew", async () => {
  const [first, second] = [await assumeRole(3600), await assumeRole(3600)];
  const workspace = await prepare([first, second]);
  const stored = new Set<string>();
  const again: string[] = [];
  let refused = 0;
  gate.bytesPerSecond = 300_000;
  gate.rule = (method, path, headers) => {
    if (isSignedBy(headers, first) && stored.size >= 4) {
      refused += 1;
      return s3Error(400, "ExpiredToken");
    }
    if (method === "PUT" && path.includes("/Data/")) {
      if (stored.has(path)) again.push(path);
      stored.add(path);
    }
    return undefined;
  };
  expect(await workspace.dropAndWait([folder], 90_000)).toBe("complete");
  gate.bytesPerSecond = undefined;
  expect(refused).toBeGreaterThan(0);
  expect((await workspace.result()).objectsWritten).toBe(FILES);
  expect(stored.size).toBeGreaterThanOrEqual(FILES);
  expect(again).toEqual([]);
  expect(await assumed()).toBe(2);
  await workspace.page.close();
});

it("are asked for again at the press of a button where the queue gave none, and the focus is not lost", async () => {
  const life = 12;
  const [first, second] = [await assumeRole(life), await assumeRole(3600)];
  const workspace = await prepare([first, second]);
  const { page } = workspace;
  const focused = () => page.evaluate(() => document.activeElement?.id);
  // Once there are the first keys: with these no request goes without them.
  const refusal = {
    operation: "AssumeQueueRoleForUser",
    status: 403,
    kind: "AccessDeniedException",
    times: 1000,
  } as const;
  let refusing: Promise<unknown> | undefined;
  gate.rule = () => {
    refusing ??= standIn.inject(refusal);
    return undefined;
  };
  gate.bytesPerSecond = 60_000;
  await workspace.drop([folder]);
  await until(() => refusing !== undefined);
  await refusing;
  await page.waitForSelector("#waiting-renew", { visible: true });
  gate.bytesPerSecond = undefined;
  await page.focus("#waiting-renew");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#notice:not(:empty)", { visible: true });
  expect(await focused()).toBe("waiting-renew");
  await give([second]);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#waiting", { hidden: true });
  expect(await focused()).toBe("headline");
  await page.waitForSelector("body[data-state=complete]", { timeout: 90_000 });
  expect((await workspace.result()).objectsWritten).toBe(FILES);
  await page.close();
});

/** Sign-in at IAM Identity Center: code, account, role, keys that renew themselves, and an end that leaves nothing. */
import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import { type Settings, StandIn } from "../stand-in/client.ts";
import { Scene } from "./scene.ts";
import { until } from "./stage.ts";

const START_URL = "https://studio.awsapps.com/start";
const keysOf = (name: string) => ({
  accessKeyId: `ASIA${name.toUpperCase().padEnd(16, "0")}`,
  secretAccessKey: `the-secret-of-${name}`,
  sessionToken: `the-token-of-${name}`,
});
const ARTIST = { roleName: "Artist", keys: keysOf("artist") };
const WRANGLER = { roleName: "Wrangler", keys: keysOf("wrangler") };
const STUDIO = { accountId: "123456789012", accountName: "Studio", roles: [ARTIST, WRANGLER] };
const ARCHIVE = { accountId: "210987654321", accountName: "Archive", roles: [WRANGLER] };

let scene: Scene;
let standIn: StandIn;
let page: Page;
beforeAll(async () => {
  standIn = await StandIn.open({});
  scene = await Scene.open([standIn.origin]);
});
afterEach(async () => {
  await page.click("#forget-credentials").catch(() => undefined);
  await page.close();
});
afterAll(async () => {
  await scene?.close();
  await standIn?.close();
});

async function open(identityCenter: Settings["identityCenter"] = {}): Promise<void> {
  await standIn.reset();
  await standIn.set({ identityCenter: { startUrl: START_URL, accounts: [STUDIO], ...identityCenter } });
  page = (await OptionsPage.open(scene.browser)).page;
  const values = {
    "start-url": START_URL,
    "sign-in-region": "eu-west-1",
    "oidc-endpoint": standIn.origin,
    "portal-endpoint": standIn.origin,
  };
  await page.$eval("#sign-in-addresses", (details) => {
    (details as HTMLDetailsElement).open = true;
  });
  for (const [id, value] of Object.entries(values)) {
    await page.$eval(`#${id}`, (field) => (field as HTMLInputElement).select());
    await page.type(`#${id}`, value);
  }
}

const view = (type: string) => page.waitForSelector(`#sign-in-message[data-view="${type}"]`);
const message = () => page.$eval("#sign-in-message", (element) => element.textContent?.trim() ?? "");
const operations = async () => (await standIn.log()).map(({ operation }) => operation);
async function session(): Promise<string> {
  const worker = await scene.browser.background();
  return worker.evaluate(async () => JSON.stringify(await chrome.storage.session.get(null)));
}

it("shows a code, waits for approval, and gives the choice of account and role", async () => {
  await open({ accounts: [STUDIO, ARCHIVE] });
  await page.focus("#start-url");
  await page.keyboard.press("Enter");
  await view("code");
  const code = await page.$eval("#user-code", (element) => element.textContent ?? "");
  expect(code.length).toBeGreaterThan(4);
  expect(await message()).toContain(code);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("sign-in-page");
  await standIn.approve();
  await view("choose-account");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("account-choice");
  await page.select("#account-choice", STUDIO.accountId);
  await view("choose-role");
  await page.select("#role-choice", "Artist");
  await view("signed-in");
  expect(await message()).toContain("Artist in account 123456789012");
  await until(async () =>
    (await page.$eval("#held-text", (held) => held.textContent ?? "")).includes("ASIA…0000"),
  );
  expect(await page.$eval("#held-expiry", (element) => element.textContent)).toMatch(
    /^Good for another 59 min/,
  );
  expect(await session()).toContain(ARTIST.keys.secretAccessKey);
});

it("opens the page of the service, where a person approves", async () => {
  await open({ accounts: [ARCHIVE] });
  await page.click("#start-sign-in");
  await view("code");
  await page.click("#sign-in-page");
  await (await scene.browser.opened(standIn.origin)).close();
  await standIn.approve();
  await page.bringToFront();
  // One account with one role needs no choosing.
  await view("signed-in");
  expect(await message()).toContain("Wrangler in account 210987654321");
});

it("goes on where it was when the background is stopped while it waits", async () => {
  await open();
  await page.click("#start-sign-in");
  await view("code");
  await scene.browser.stopBackground();
  await standIn.approve();
  // Any message wakes it.
  await page.select("#idle-minutes", "240");
  await view("choose-role");
});

it("renews the keys of the role before they end", async () => {
  await open({ accounts: [ARCHIVE], roleCredentialsSeconds: 8 });
  await page.click("#start-sign-in");
  await view("code");
  await standIn.approve();
  await view("signed-in");
  await until(async () => (await operations()).filter((one) => one === "GetRoleCredentials").length >= 3);
  expect(await page.$eval("#held-text", (held) => held.textContent ?? "")).toContain("temporary");
});

it("tells that it was denied, with a button to sign in again", async () => {
  await open();
  await page.click("#start-sign-in");
  await view("code");
  await standIn.deny();
  await view("ended");
  expect(await message()).toContain("The sign-in was denied on the approval page.");
  await page.click("#sign-in-message [data-action=sign-in]");
});

it("names the right region", async () => {
  await open({ elsewhere: "us-east-1" });
  await page.click("#start-sign-in");
  // Not how the sign-in of the test before has ended, which the page may still show.
  await until(async () => (await message()).includes("This Identity Center is in region us-east-1"));
  await page.click("#sign-in-message [data-action=use-sign-in-region]");
  await until(
    async () =>
      (await page.$eval("#sign-in-region", (field) => (field as HTMLInputElement).value)) === "us-east-1",
  );
});

it("judges the settings before anything is asked", async () => {
  await open();
  await page.$eval("#start-url", (field) => (field as HTMLInputElement).select());
  await page.type("#start-url", "studio");
  await page.click("#start-sign-in");
  await page.waitForSelector("#start-url[aria-invalid=true]");
  expect(await operations()).toEqual([]);
});

it("leaves nothing when everything is forgotten, here and at the portal", async () => {
  await open({ accounts: [ARCHIVE] });
  await page.click("#start-sign-in");
  await view("code");
  await standIn.approve();
  await view("signed-in");
  await page.waitForSelector("#forget-credentials:not([hidden])");
  await page.click("#forget-credentials");
  await page.waitForSelector("#forget-credentials", { hidden: true });
  const left = await session();
  for (const secret of [...(await standIn.secrets()), WRANGLER.keys.secretAccessKey])
    expect(left).not.toContain(secret);
  await until(async () => (await operations()).includes("Logout"));
  const log = await operations();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await operations()).toEqual(log);
});

it("never writes a secret to the disk, and gives none to a page", async () => {
  await open({ accounts: [ARCHIVE] });
  await page.click("#start-sign-in");
  await view("code");
  await standIn.approve();
  await view("signed-in");
  const secrets = [...(await standIn.secrets()), WRANGLER.keys.secretAccessKey, WRANGLER.keys.sessionToken];
  expect(secrets.length).toBeGreaterThan(3);
  const told = await page.evaluate(async () =>
    JSON.stringify(await chrome.runtime.sendMessage({ type: "status.get" })),
  );
  const worker = await scene.browser.background();
  const disk = await worker.evaluate(async () => JSON.stringify(await chrome.storage.local.get(null)));
  for (const secret of secrets) {
    expect(told).not.toContain(secret);
    expect(disk).not.toContain(secret);
  }
});

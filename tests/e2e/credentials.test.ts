/** Credentials of a browser session: pasted in any form, counted down, and gone when they should be. */
import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { AnyExtensionBrowser } from "../browser/extension-browser.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

const KEYS = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "the-secret-that-was-pasted/+Example",
  sessionToken: "the-token-that-was-pasted",
};
const SECRETS = [KEYS.secretAccessKey, KEYS.sessionToken];
const MINUTE = 60_000;

let scene: Scene;
let options: OptionsPage;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => options.page.close());
afterAll(() => scene?.close());

/** Everything that the browser stores for the extension. */
async function stored(browser: AnyExtensionBrowser = scene.browser): Promise<string> {
  const worker = await browser.background();
  return JSON.stringify(
    await worker.evaluate(async () => [
      await chrome.storage.session.get(null),
      await chrome.storage.local.get(null),
    ]),
  );
}
async function isHeld(): Promise<boolean> {
  const all = await stored();
  return SECRETS.some((secret) => all.includes(secret));
}
const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent?.trim() ?? "");
const good = (minutes = 60) => pastedJson(KEYS, Date.now() + minutes * MINUTE);

it.each([
  ["JSON of aws configure export-credentials", () => good()],
  ["lines for PowerShell", () => lines("$Env:", '"')],
  ["lines for a Unix shell", () => lines("export ", "")],
])("recognises %s, counts down, and signs with them", async (form, text) => {
  options = await OptionsPage.open(scene.browser);
  await options.paste(text());
  await options.page.waitForFunction(() => document.querySelector("#pasted-found")?.textContent !== "");
  expect(await textOf(options.page, "#pasted-found")).toMatch(
    new RegExp(`^Recognised: ${form}\\. Good for another (59 min \\d+ s|1 h 0 min)\\.$`),
  );
  expect((await options.savePasted(text())).state).toBe("saved");
  expect(await textOf(options.page, "#held-text")).toContain("ASIA…MPLE, temporary");
  expect(await textOf(options.page, "#held-expiry")).toMatch(/^Good for another 59 min \d+ s\.$/);
  expect(await options.page.$eval("#pasted", (field) => (field as HTMLTextAreaElement).value)).toBe("");
  expect(await isHeld()).toBe(true);
});

function lines(before: string, quote: string): string {
  const end = new Date(Date.now() + 60 * MINUTE).toISOString();
  const values = {
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_SESSION_TOKEN: KEYS.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: end,
  };
  return Object.entries(values)
    .map(([name, value]) => `${before}${name}=${quote}${value}${quote}`)
    .join("\n");
}

it("says what is missing in a text, and takes nothing of it", async () => {
  options = await OptionsPage.open(scene.browser);
  await options.page.click("#forget-credentials");
  await options.page.waitForSelector("#credentials-message[data-state=saved]");
  const outcome = await options.savePasted(
    `AWS_ACCESS_KEY_ID=${KEYS.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${KEYS.secretAccessKey}`,
  );
  expect(outcome.state).toBe("refused");
  expect(await textOf(options.page, "#pasted-error")).toContain("Session token");
  expect(await options.page.evaluate(() => document.activeElement?.id)).toBe("pasted");
  expect(await isHeld()).toBe(false);
});

it("warns of long-lived keys, and uploads with them all the same", async () => {
  options = await OptionsPage.open(scene.browser);
  const { accessKey, secretKey } = scene.store;
  const section = `[default]\naws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}\n`;
  await options.paste(section);
  await options.page.waitForFunction(() => document.querySelector("#long-lived")?.textContent !== "");
  expect(await textOf(options.page, "#long-lived")).toContain("long-lived keys");
  await options.savePasted(section);
  expect(await options.page.$eval("#held-long-lived", (element) => element.hasAttribute("hidden"))).toBe(
    false,
  );
  await scene.write({ "scene.ma": bytes(100, 4711) });
  const workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  await workspace.page.close();
});

it("wipes them when they expire, and every page knows it", async () => {
  options = await OptionsPage.open(scene.browser);
  const workspace = await scene.workspace();
  const popup = await scene.browser.openPage("popup/popup.html");
  await options.page.bringToFront();
  await options.savePasted(pastedJson(KEYS, Date.now() + 15_000));
  await popup.bringToFront();
  await popup.waitForFunction(() =>
    document.querySelector("#expiry")?.textContent?.startsWith("Good for another"),
  );
  // It stays behind: the news comes to it, not the look of somebody.
  await until(() => workspace.page.$eval("#setup", (setup) => !setup.hasAttribute("hidden")));
  await popup.waitForSelector("body[data-state=no-credentials]");
  expect(await isHeld()).toBe(false);
  await options.page.waitForSelector("#forget-credentials", { hidden: true });
  expect(await textOf(options.page, "#held-text")).toBe("No credentials for this browser session.");
  await popup.close();
  await workspace.page.close();
});

it("forgets them at once from the popup, by the keyboard", async () => {
  options = await OptionsPage.open(scene.browser);
  await options.savePasted(good());
  const popup = await scene.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#session:not([hidden])");
  await popup.focus("#forget");
  await popup.keyboard.press("Enter");
  await popup.waitForSelector("body[data-state=no-credentials]");
  expect(await isHeld()).toBe(false);
  await popup.waitForFunction(
    () => document.querySelector("#announcer")?.textContent === "Credentials forgotten.",
  );
  await popup.waitForFunction(() => document.activeElement?.id === "open-options");
  await options.page.bringToFront();
  await options.page.waitForSelector("#forget-credentials", { hidden: true });
  await popup.close();
});

it("wipes them when nobody has used them for the time that was set", async () => {
  options = await OptionsPage.open(scene.browser);
  await options.savePasted(good());
  await options.page.select("#idle-minutes", "15");
  const worker = await scene.browser.background();
  const alarm = () => worker.evaluate(async () => (await chrome.alarms.get("vault"))?.scheduledTime ?? 0);
  await until(async () => (await alarm()) < Date.now() + 16 * MINUTE);
  expect(await alarm()).toBeGreaterThan(Date.now() + 13 * MINUTE);
  // A quarter of an hour passes.
  await worker.evaluate(async () => {
    await chrome.storage.session.set({ lastUse: Date.now() - 16 * 60_000 });
    await chrome.alarms.create("vault", { when: Date.now() });
  });
  await until(async () => !(await isHeld()), 60_000);
  await options.page.select("#idle-minutes", "480");
});

it("loses them with the browser, and never writes them down", async () => {
  options = await OptionsPage.open(scene.browser);
  const alone = await Scene.open();
  try {
    const page = await OptionsPage.open(alone.browser);
    await page.savePasted(good());
    expect(await stored(alone.browser)).toContain(KEYS.secretAccessKey);
    const again = await alone.browser.restart();
    try {
      const popup = await again.openPage("popup/popup.html");
      await popup.waitForSelector("#sign-in[data-signed-in=false]");
      const all = await stored(again);
      for (const secret of SECRETS) expect(all).not.toContain(secret);
    } finally {
      await again.close();
    }
  } finally {
    await alone.close();
  }
});

/** Profiles that an administrator sets, and what a browser session begins with. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AnyExtensionBrowser, isFirefox, startExtension } from "../browser/extension-browser.ts";
import { administer, administerRunning, endAdministration } from "../browser/managed.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { storeFromEnvironment } from "../s3.ts";
import { until } from "./stage.ts";

const store = storeFromEnvironment();
const own = { ...profileFor(store, "/projects/shot_010"), name: "Mine" };
const { name: _, ...place } = own;
const studio = { ...place, id: "studio", name: "Studio", outputDirectories: ["renders"] };

let browser: AnyExtensionBrowser;
beforeAll(async () => {
  const grantedOrigins = [new URL(store.endpoint).origin];
  browser = await startExtension({ headless: true, grantedOrigins });
});
afterAll(async () => {
  await browser?.close();
  await endAdministration();
});

const status = (options: OptionsPage) =>
  options.page.evaluate(async () => (await chrome.runtime.sendMessage({ type: "status.get" })).value);

it("begins each browser session with the default, whatever the last one had chosen", async () => {
  const options = await OptionsPage.open(browser);
  expect((await options.saveProfile(own)).state).toBe("saved");
  await options.page.click("#new-profile");
  expect((await options.saveProfile({ ...own, name: "Other" })).state).toBe("saved");
  const { profiles } = await status(options);
  const other = profiles.find(({ fields }: { fields: { name: string } }) => fields.name === "Other");
  await options.page.evaluate(
    (profileId) => chrome.runtime.sendMessage({ type: "profile.choose", profileId }),
    other.id,
  );
  expect((await status(options)).profile.name).toBe("Other");
  browser = await browser.restart();
  const later = await OptionsPage.open(browser);
  expect((await status(later)).profile.name).toBe("Mine");
  await later.page.close();
});

it("shows an administrator's profile, which can be tested but neither changed nor deleted", async () => {
  browser = await administer(browser, { profiles: [studio] });
  const options = await OptionsPage.open(browser);
  expect(await options.names()).toEqual(["Mine", "Other", "Studio"]);
  await options.choose("Studio");
  await options.page.waitForSelector("#profile-locked:not([hidden])");
  await options.page.waitForSelector("#save-profile[hidden]");
  await options.page.waitForSelector("#delete-profile[hidden]");
  await options.page.focus("#bucket");
  await options.page.keyboard.type("x");
  expect(await options.page.$eval("#bucket", (field) => (field as HTMLInputElement).value)).toBe(
    store.bucket,
  );
  const refused = await options.page.evaluate(() =>
    chrome.runtime.sendMessage({ type: "profile.delete", profileId: "managed-studio" }),
  );
  expect(refused.problem.code).toBe("profile-locked");
  await options.saveCredentials({
    accessKeyId: store.accessKey,
    secretAccessKey: store.secretKey,
    sessionToken: "",
  });
  const found = await options.testConnection();
  expect(found.filter(({ verdict }) => verdict === "failed")).toEqual([]);
  expect(found).toHaveLength(9);
  await options.page.close();
});

it.skipIf(isFirefox)(
  "shows what an administrator changes at once (Firefox reads it at its start only)",
  async () => {
    const options = await OptionsPage.open(browser);
    await administerRunning(browser, { profiles: [{ ...studio, name: "Studio two" }] });
    await until(async () => (await options.names()).includes("Studio two"), 60_000);
    await options.page.close();
  },
);

it("shows no others where the administrator forbids them", async () => {
  browser = await administer(browser, { profiles: [studio], allowOwnProfiles: false });
  const options = await OptionsPage.open(browser);
  expect(await options.names()).toEqual(["Studio"]);
  for (const button of ["new-profile", "duplicate-profile", "import-profiles", "save-profile"])
    await options.page.waitForSelector(`#${button}[hidden]`);
  const refused = await options.page.evaluate(
    (profile) => chrome.runtime.sendMessage({ type: "profile.save", profile }),
    { ...own, name: "One more" },
  );
  expect(refused.problem.code).toBe("profile-locked");
  await options.page.close();
});

it("sends to the administrator for what is wrong in such a profile, and marks it", async () => {
  browser = await administer(browser, {
    profiles: [{ ...studio, bucket: "No Bucket" }],
    allowOwnProfiles: false,
  });
  const options = await OptionsPage.open(browser);
  expect(await options.page.$$eval("#profile-form [aria-invalid]", (all) => all.map(({ id }) => id))).toEqual(
    ["bucket"],
  );
  await options.page.close();
  const workspace = await WorkspacePage.open(browser);
  await workspace.page.waitForSelector("#setup:not([hidden])");
  expect(await workspace.page.$eval("#setup-text", (words) => words.textContent)).toContain(
    "only your administrator can correct it",
  );
  expect(await workspace.page.$eval("#setup-options", (button) => button.textContent)).toBe("Open options");
  await workspace.page.close();
});

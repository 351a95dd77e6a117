/** A problem's button leads to the profile that the problem is about, whatever was edited or is shown meanwhile. */
import type { ElementHandle } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { s3Error } from "../faults/gate.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

const IN_EUROPE = { ...s3Error(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": "eu-west-1" } };

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

const shownTitle = (options: OptionsPage) =>
  options.page.$eval("#profile-title", (title) => title.textContent);
const typed = (options: OptionsPage, name: string) =>
  options.page.$eval(`#${name}`, (field) => (field as HTMLInputElement).value);

it("asks before it leaves what was typed into another one, and changes none but its own", async () => {
  const folder = await stage.folder("shot", { "a.txt": bytes(1000, 77_001) });
  await stage.prepare(folder);
  const options = await OptionsPage.open(stage.browser);
  await options.page.click("#new-profile");
  const other = { ...profileFor(stage.store, folder), name: "Other", endpoint: stage.gate.origin };
  expect((await options.saveProfile(other)).state).toBe("saved");
  await options.choose("Demo");
  await until(async () => (await shownTitle(options)) === "Demo");

  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : IN_EUROPE);
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  await options.page.bringToFront();
  // The upload's profile is known by another name once it fails.
  expect((await options.saveProfile({ ...other, name: "Renamed" })).state).toBe("saved");
  await options.choose("Other");
  await until(async () => (await shownTitle(options)) === "Other");
  await options.typeProfile({ ...other, bucket: "half-typed" });
  hold.fire();
  await workspace.page.bringToFront();
  await workspace.page.waitForSelector("body[data-state=failed]");
  const button = await workspace.page.waitForSelector("#problems [data-denial=region-wrong] button");
  const press = async (answer: "go" | "cancel") => {
    await workspace.page.bringToFront();
    await (button as ElementHandle).click();
    await options.page.waitForSelector("#confirm[open]");
    await options.page.click(`#confirm-${answer}`);
    await options.page.waitForSelector("#confirm:not([open])");
  };

  await press("cancel");
  expect([await shownTitle(options), await typed(options, "bucket")]).toEqual(["Other", "half-typed"]);
  expect(await typed(options, "region")).toBe(stage.store.region);

  await press("go");
  await options.page.waitForFunction(() => document.activeElement?.id === "region");
  expect([await shownTitle(options), await typed(options, "region")]).toEqual(["Renamed", "eu-west-1"]);
  const stored = await options.page.evaluate(async () =>
    Object.values<{ region?: string }>(await chrome.storage.local.get(null)).flatMap(
      ({ region }) => region ?? [],
    ),
  );
  expect(stored).toEqual([stage.store.region, stage.store.region]);
  await options.page.close();
  await workspace.page.close();
});

it("explains a failure again where the same upload fails with the same once more", async () => {
  const folder = await stage.folder("shot", { "a.txt": bytes(1000, 77_002) });
  await stage.prepare(folder, { name: "Again" });
  stage.gate.rule = (method) => (method === "PUT" ? s3Error(403, "AccessDenied") : undefined);
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  await workspace.page.waitForSelector("#problems [data-denial=object-denied] button");
  expect(await workspace.endAfter(() => workspace.page.click("#retry"), 60_000)).toBe("failed");
  await workspace.page.waitForSelector("#problems [data-denial=object-denied] button");
  await workspace.page.close();
});

it("marks at once what is wrong with a stored profile, and nothing in a new one", async () => {
  await stage.prepare("/projects/shot_010", { name: "Older" });
  const options = await OptionsPage.open(stage.browser);
  const { page } = options;
  // As a version with other rules may have left it.
  await page.evaluate(async () => {
    for (const [key, profile] of Object.entries<{ name?: string }>(await chrome.storage.local.get(null)))
      if (profile.name === "Older")
        await chrome.storage.local.set({ [key]: { ...profile, bucket: "No Bucket", casPrefix: "a b" } });
  });
  await page.reload();
  await page.waitForSelector("#save-profile:enabled");
  if ((await shownTitle(options)) !== "Older") await options.choose("Older");
  await until(async () => (await shownTitle(options)) === "Older");
  const marked = () => page.$$eval("#profile-form [aria-invalid]", (fields) => fields.map(({ id }) => id));
  const reason = (id: string) => page.$eval(`#${id}-error`, (error) => error.textContent);
  expect(await marked()).toEqual(["bucket", "casPrefix"]);
  expect(await reason("bucket")).toBe(
    "a bucket name has 3 to 63 lower-case letters, digits, dots and dashes",
  );
  await page.waitForSelector("#casPrefix-error", { visible: true });
  await page.click("#new-profile");
  await until(async () => (await shownTitle(options)) === "New profile");
  expect(await marked()).toEqual([]);
  await page.close();
});

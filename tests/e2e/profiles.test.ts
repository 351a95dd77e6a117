/** Several profiles: made, changed, copied, deleted, switched, passed on as files. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import { accessTo } from "../browser/extension-browser.ts";
import { readyToChoose } from "../browser/file-dialog.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";
import { until } from "./stage.ts";

let scene: Scene;
let scratch: string;
beforeAll(async () => {
  scene = await Scene.open();
  scratch = await mkdtemp(join(tmpdir(), "profiles-"));
});
afterAll(async () => {
  await scene?.close();
  await rm(scratch, { recursive: true, force: true });
});

const shownTitle = (options: OptionsPage) =>
  options.page.$eval("#profile-title", (title) => title.textContent);

/** Presses a button of the dialog that is open. */
async function answer(options: OptionsPage, button: "go" | "cancel"): Promise<void> {
  await options.page.waitForSelector("#confirm[open]");
  await options.page.click(`#confirm-${button}`);
  await options.page.waitForSelector("#confirm:not([open])");
}

async function makeProfile(options: OptionsPage, profile: ProfileFields): Promise<void> {
  await options.page.click("#new-profile");
  expect(await options.saveProfile(profile)).toEqual({ state: "saved", message: "Profile saved." });
}

it("keeps several, refuses a name twice, and deletes only when told twice", async () => {
  const options = await OptionsPage.open(scene.browser);
  await makeProfile(options, { ...scene.profile, name: "Tests" });
  await options.page.click("#duplicate-profile");
  await until(async () => (await shownTitle(options)) === "New profile");
  expect(await options.page.$eval("#name", (name) => (name as HTMLInputElement).value)).toBe("Tests (copy)");
  await options.page.click("#save-profile");
  await until(async () => (await options.names()).length === 3);
  expect(await options.names()).toEqual(["Demo", "Tests", "Tests (copy)"]);

  const twice = await options.saveProfile({ ...scene.profile, name: "Demo" });
  expect(twice.state).toBe("refused");
  const beside = await options.page.$eval("#name-error", (error) => error.textContent);
  expect(beside).toBe("Another profile has the name Demo.");

  // What was typed goes only with leave.
  await options.choose("Tests");
  await answer(options, "cancel");
  await until(async () => (await shownTitle(options)) === "Tests (copy)");
  await options.choose("Tests");
  await answer(options, "go");
  await until(async () => (await shownTitle(options)) === "Tests");

  await options.choose("Tests (copy)");
  await options.page.click("#delete-profile");
  await options.page.waitForSelector("#confirm[open]");
  await options.page.keyboard.press("Escape");
  await options.page.waitForSelector("#confirm:not([open])");
  expect(await options.names()).toHaveLength(3);
  await options.page.click("#delete-profile");
  await answer(options, "go");
  await until(async () => (await options.names()).length === 2);
  expect(await options.names()).toEqual(["Demo", "Tests"]);
  await options.page.close();
});

it("is switched in popup and workspace, and the upload goes where it was switched to", async () => {
  const elsewhere = `${scene.store.rootPrefix}/elsewhere`;
  const options = await OptionsPage.open(scene.browser);
  await makeProfile(options, {
    ...scene.profile,
    name: "Elsewhere",
    rootPrefix: elsewhere,
    locationName: "Shared Assets",
    outputDirectories: ["renders", "cache/sim"],
    manifestVersion: "v2025-12-04-beta",
  });
  await options.page.close();

  const popup = await scene.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#profile-choice:not([hidden])");
  const names = await popup.$$eval("#profile-choice option", (all) => all.map((one) => one.textContent));
  expect(names).toEqual(["Demo", "Elsewhere", "Tests"]);
  await popup.select("#profile-choice", await idOf("Elsewhere"));
  await until(async () => (await popup.$eval("#profile-name", (name) => name.textContent)) === "Elsewhere");
  await popup.close();

  await scene.write({ "scene.ma": bytes(100, 31) });
  const workspace = await scene.workspace();
  expect(await workspace.page.$eval("#headline", (headline) => headline.textContent)).toContain("Elsewhere");
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const result = await workspace.result();
  const attachments = JSON.parse(result.attachments);
  expect(attachments.manifests).toMatchObject([
    { fileSystemLocationName: "Shared Assets", outputRelativeDirectories: ["renders", "cache/sim"] },
  ]);
  expect(result.manifestKey.startsWith(`${elsewhere}/Manifests/`)).toBe(true);
  const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(result.manifestKey)));
  expect(manifest.specificationVersion ?? manifest.manifestVersion).toMatch(/2025-12(-04)?-beta/);
  const { metadata } = await scene.bucket.head(result.manifestKey);
  expect(metadata["file-system-location-name"]).toBe("Shared Assets");

  async function idOf(name: string): Promise<string> {
    const values = await popup.$$eval("#profile-choice option", (all) =>
      all.map((one) => [one.textContent, (one as HTMLOptionElement).value]),
    );
    return values.find(([shown]) => shown === name)?.[1] ?? "";
  }
  await workspace.page.close();
});

it("shows which one is the default, and makes another one so", async () => {
  const options = await OptionsPage.open(scene.browser);
  const marks = () => options.page.$$eval("#profile-list button", (all) => all.map((one) => one.textContent));
  expect(await marks()).toEqual(["Demo default", "Elsewhere in use", "Tests"]);
  for (const name of ["Tests", "Demo"]) {
    await options.choose(name);
    await options.page.click("#default-profile");
    await options.page.waitForSelector("#default-profile[hidden]");
    expect((await marks()).filter((mark) => mark?.includes(" default"))).toEqual([`${name} default`]);
    expect((await marks()).join()).not.toContain("in use");
  }
  await options.page.close();
});

it("is judged field by field while it is typed, the fields of jobs as well", async () => {
  const options = await OptionsPage.open(scene.browser);
  await options.page.$eval("#advanced", (details) => {
    (details as HTMLDetailsElement).open = true;
  });
  for (const [name, typed, reason] of [
    ["outputDirectories", "/renders", "/renders: an output folder"],
    ["locationName", "a_b", "letters, digits and spaces"],
    ["casPrefix", "Da:ta", "letters, digits"],
    ["manifestPrefix", "Li:sts", "letters, digits"],
    ["expectedBucketOwner", "12", "12 digits"],
  ]) {
    await options.page.type(`[name=${name}]`, `${typed}`);
    await options.page.keyboard.press("Tab");
    await options.page.waitForSelector(`[name=${name}][aria-invalid=true]`);
    const shown = await options.page.$eval(`#${name}-error`, (error) => error.textContent);
    expect(shown).toContain(reason);
    const described = await options.page.$eval(`[name=${name}]`, (field) =>
      field.getAttribute("aria-describedby"),
    );
    expect(described).toContain(`${name}-error`);
  }
  await options.page.select("[name=manifestVersion]", "v2025-12-04-beta");
  const warning = await options.page.$eval("#manifestVersion-warning", (element) => element.textContent);
  expect(warning).toContain("Released workers cannot read this version");
  await options.page.close();
});

it("travels as a file that holds no credentials, and comes back with a report of what was refused", async () => {
  const options = await OptionsPage.open(scene.browser);
  await scene.browser.saveDownloadsTo(scratch);
  await options.page.click("#export-profiles");
  const path = join(scratch, "deadline-cloud-profiles.json");
  await until(async () => (await readFile(path, "utf8").catch(() => "")).endsWith("}\n"));
  const text = await readFile(path, "utf8");
  for (const secret of [scene.store.secretKey, scene.store.accessKey]) expect(text).not.toContain(secret);
  const exported = JSON.parse(text);
  expect(exported.profiles.map(({ name }: ProfileFields) => name)).toEqual(["Demo", "Elsewhere", "Tests"]);

  const { name: _, ...nameless } = exported.profiles[0];
  const profiles = [
    { ...exported.profiles[1], name: "From a colleague" },
    { ...exported.profiles[1], name: "Wrong", bucket: "NO" },
    exported.profiles[0],
    nameless,
  ];
  const other = join(scratch, "other.json");
  await writeFile(other, JSON.stringify({ ...exported, profiles }));
  const choose = await readyToChoose(options.page, other);
  await options.page.click("#import-profiles");
  await choose();
  await options.page.waitForSelector("#import-message[data-state]");
  expect(await options.page.$eval("#import-message", (message) => message.textContent)).toBe(
    "Imported: 1. Refused: 3.",
  );
  const report = await options.page.$$eval("#import-report li", (items) =>
    items.map((item) => item.textContent),
  );
  expect(report).toEqual([
    expect.stringContaining("Wrong Bucket: a bucket name has 3 to 63"),
    "Demo Another profile has the name Demo.",
    expect.stringContaining("Profile 4 of the file"),
  ]);
  expect(await options.names()).toEqual(["Demo", "Elsewhere", "From a colleague", "Tests"]);
  await options.choose("From a colleague");
  expect(
    await options.page.$eval("#outputDirectories", (field) => (field as HTMLTextAreaElement).value),
  ).toBe("renders\ncache/sim");
  await options.page.close();
});

it("gives access to a host back only when no profile names it any more", async () => {
  const options = await OptionsPage.open(scene.browser);
  const origins = [accessTo(scene.store.endpoint)];
  const has = () =>
    options.page.evaluate((wanted) => chrome.permissions.contains({ origins: wanted }), origins);
  for (const name of ["Elsewhere", "From a colleague", "Tests"]) {
    await options.choose(name);
    await options.page.click("#delete-profile");
    await answer(options, "go");
    await until(async () => !(await options.names()).includes(name));
    expect(await has()).toBe(true);
  }
  await options.choose("Demo");
  await options.page.click("#delete-profile");
  await answer(options, "go");
  await until(async () => (await options.names()).length === 0);
  await until(async () => !(await has()));
  await until(async () => (await shownTitle(options)) === "New profile");
  await options.page.close();
});

/** For each field what it does not take, with the reason that stands beside it. Those of one field differ. */
const REFUSED: readonly [field: keyof ProfileFields, typed: string, reason: RegExp][] = [
  ["name", "", /^a profile's name has 1 to 64 characters$/],
  ["region", "US West", /^a region is written like us-west-2/],
  ["farmId", "farm-1", /^expected farm- and 32 hex digits/],
  ["queueId", "farm-0123456789abcdef0123456789abcdef", /^expected queue- and 32 hex digits/],
  ["bucket", "No_Bucket", /^a bucket name has 3 to 63 lower-case letters/],
  ["rootPrefix", "Deadline Cloud", /^a prefix has 1 to 63 letters, digits/],
  ["assetRoot", "projects", /^a posix asset root is an absolute path/],
  ["assetRoot", "/projects/../shots", /^an asset root is written without \. or \.\./],
  [
    "outputDirectories",
    "../renders",
    /^\.\.\/renders: an output folder is written as a path below the asset root/,
  ],
  ["endpoint", "s3.example.com", /^an endpoint is written like https:/],
  ["endpoint", "https://s3.example.com/path", /^an endpoint has no path, query or user name/],
  ["endpoint", "http://s3.example.com", /^http is only for this computer/],
  ["expectedBucketOwner", "12345", /^an account id has 12 digits$/],
  ["concurrency", "many", /^a whole number of at most 9 digits, or nothing$/],
  ["concurrency", "65", /^at most 64 requests at once$/],
  ["bandwidthLimit", "1.5", /^a whole number of at most 9 digits, or nothing$/],
  ["casPrefix", "a b", /^a prefix has 1 to 63 letters, digits/],
  ["manifestPrefix", "a b", /^a prefix has 1 to 63 letters, digits/],
  ["locationName", "Assets!", /^a file system location's name has 1 to 64 letters/],
  ["storageProfileId", "sp-1", /^expected sp- and 32 hex digits/],
  ["deadlineEndpoint", "deadline.example.com", /^an endpoint is written like https:/],
  ["principalId", "alice", /^a user id of IAM Identity Center is written like/],
  ["pathStyle", "", /^this server needs the bucket in the path/],
];
/** What can only be chosen among good values. */
const CHOSEN = ["assetRootFormat", "manifestVersion", "queueRole", "spreadHosts"];

it("says beside every field why it does not take what was typed there", async () => {
  const options = await OptionsPage.open(scene.browser);
  const { page } = options;
  await page.click("#new-profile");
  await options.typeProfile({ ...scene.profile, name: "Typed" });
  const names = await page.$$eval("#profile-form [name]", (fields) =>
    fields.map((field) => field.getAttribute("name") ?? ""),
  );
  expect([...new Set([...REFUSED.map(([field]) => field), ...CHOSEN])].sort()).toEqual(names.sort());
  const marked = () => page.$$eval("#profile-form [aria-invalid]", (fields) => fields.map(({ id }) => id));
  expect(await marked()).toEqual([]);
  const type = async (field: string, typed: string) => {
    if (field === "pathStyle") await page.click("#pathStyle");
    else {
      await page.$eval(`#${field}`, (input) => (input as HTMLInputElement).select());
      await page.keyboard.press("Backspace");
      if (typed !== "") await page.type(`#${field}`, typed);
    }
    await page.keyboard.press("Tab");
  };
  const found: string[] = [];
  for (const [field, typed, reason] of REFUSED) {
    const before = await page.$eval(`#${field}`, (input) => (input as HTMLInputElement).value);
    await type(field, typed);
    const shown = await page.$eval(`#${field}-error`, (error) => error.textContent ?? "");
    if (!reason.test(shown) || (await marked()).join() !== field)
      found.push(`${field} with ${typed}: ${shown} (marked: ${await marked()})`);
    await type(field, before);
  }
  expect(found).toEqual([]);
  expect(await marked()).toEqual([]);
  await page.close();
});

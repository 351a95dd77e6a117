/** Every surface in every state that it can be in: what axe-core finds wrong for keyboard and screen reader is a defect. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { s3Error } from "../faults/gate.ts";
import type { StandIn } from "../stand-in/client.ts";
import { everyAccountState, openAccounts } from "./account-states.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
let accounts: StandIn;
beforeAll(async () => {
  accounts = await openAccounts();
  stage = await setStage({}, [accounts.origin]);
});
afterAll(async () => {
  await stage?.close();
  await accounts?.close();
});

async function wrongOn(page: Page): Promise<string[]> {
  await page.bringToFront();
  return wrongIn(page);
}

const surfaces = ["workspace/workspace.html", "popup/popup.html", "options/options.html"];
let seed = 0;

async function freshFolder(): Promise<string> {
  seed += 1;
  return stage.folder("shot", { "a.txt": bytes(1000, 9500 + seed) });
}

it.each(surfaces)("%s is accessible before there is a profile", async (path) => {
  const page = await stage.browser.openPage(path);
  await page.waitForNetworkIdle();
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it("the options are accessible with an error beside every field", async () => {
  const { page } = await OptionsPage.open(stage.browser);
  await page.click("#save-profile");
  await page.waitForSelector("#farmId[aria-invalid=true]");
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it.each(surfaces)("%s is accessible when all is ready", async (path) => {
  await stage.prepare(await freshFolder());
  const page = await stage.browser.openPage(path);
  await page.waitForNetworkIdle();
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it("the options are accessible with several profiles, a tested connection, and a question asked", async () => {
  await stage.prepare(await freshFolder(), { manifestVersion: "v2025-12-04-beta", name: "Stage" });
  const options = await OptionsPage.open(stage.browser);
  const { page } = options;
  await options.testConnection();
  await page.waitForSelector("#connection[data-state=good]");
  expect(await wrongOn(page)).toEqual([]);

  stage.gate.rule = () => s3Error(403, "AccessDenied");
  await options.testConnection();
  await page.waitForSelector("#connection[data-state=bad]");
  expect(await wrongOn(page)).toEqual([]);
  stage.gate.rule = () => undefined;

  await page.click("#duplicate-profile");
  await page.click("#save-profile");
  await until(async () => (await options.names()).length === 2);
  expect(await wrongOn(page)).toEqual([]);
  for (const path of ["popup/popup.html", "workspace/workspace.html"]) {
    const other = await stage.browser.openPage(path);
    await other.waitForSelector("#profile-choice:not([hidden])");
    expect(await wrongOn(other)).toEqual([]);
    await other.close();
  }

  await page.bringToFront();
  await page.click("#delete-profile");
  await page.waitForSelector("#confirm[open]");
  expect(await wrongOn(page)).toEqual([]);
  await page.click("#confirm-go");
  await until(async () => (await options.names()).length === 1);
  await page.close();
});

it("a profile is chosen, deleted and tested by the keyboard alone", async () => {
  await stage.prepare(await freshFolder(), { name: "Stage" });
  const options = await OptionsPage.open(stage.browser);
  const { page } = options;
  const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
  const press = async (id: string) => {
    await page.focus(`#${id}`);
    await page.keyboard.press("Enter");
  };
  await press("duplicate-profile");
  expect(await focused()).toBe("name");
  await page.keyboard.press("Enter");
  await until(async () => (await options.names()).length === 2);

  await page.focus("#profile-list li:first-child button");
  await page.keyboard.press("Enter");
  const current = () => page.$eval("#profile-list [aria-current]", (one) => one === document.activeElement);
  expect(await current()).toBe(true);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until(
    async () => (await page.$eval("#profile-title", (title) => title.textContent)) === "Stage (copy)",
  );
  expect(await current()).toBe(true);

  await press("delete-profile");
  await page.waitForSelector("#confirm[open]");
  expect(await focused()).toBe("confirm-cancel");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#confirm:not([open])");
  expect(await focused()).toBe("delete-profile");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#confirm[open]");
  await page.keyboard.press("Tab");
  await until(async () => (await focused()) === "confirm-go");
  await page.keyboard.press("Enter");
  await until(async () => (await options.names()).length === 1);
  expect(await focused()).toBe("profile-title");

  await press("test-connection");
  await page.waitForSelector("#connection[data-state=good]");
  expect(await focused()).toBe("test-connection");
  await press("save-profile");
  await page.waitForSelector("#profile-message[data-state=saved]");
  expect(await focused()).toBe("save-profile");
  await page.close();
});

it("the options are accessible with the advanced part open, and errors in it", async () => {
  await stage.prepare(await freshFolder(), { bandwidthLimit: 1000 });
  const { page } = await OptionsPage.open(stage.browser);
  await page.waitForSelector("#advanced[open]");
  await page.type("#expectedBucketOwner", "1234");
  await page.type("#concurrency", "many");
  await page.click("#save-profile");
  await page.waitForSelector("#concurrency[aria-invalid=true]");
  expect(await wrongOn(page)).toEqual([]);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  expect(await focused()).toBe("expectedBucketOwner");
  await page.click("#advanced summary");
  await page.click("#save-profile");
  // The field that needs another look is folded away no more.
  expect(await focused()).toBe("expectedBucketOwner");
  await page.close();
});

it("workspace and popup are accessible while an upload is paused, and pausing keeps the focus", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const goOn = signal();
  stage.gate.rule = () => goOn.done;
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  await page.focus("#pause");
  await page.keyboard.press("Enter");
  await workspace.waiting();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("pause");
  expect(await wrongOn(page)).toEqual([]);
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#running:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  goOn.fire();
  await page.bringToFront();
  await page.keyboard.press("Enter");
  await until(async () => (await workspace.state()) === "complete");
  await page.close();
});

it("workspace and popup are accessible while an upload waits for credentials", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => s3Error(400, "ExpiredToken");
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await workspace.waiting();
  expect(await wrongOn(workspace.page)).toEqual([]);
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#waiting-options:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await workspace.page.bringToFront();
  await workspace.page.click("#cancel");
  await until(async () => (await workspace.state()) === "cancelled");
  await workspace.page.close();
});

it("the workspace is accessible with an upload to continue, and forgetting it keeps the focus", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const never = signal();
  stage.gate.rule = () => never.done;
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  await stage.browser.loseHost();
  never.fire();
  await page.reload();
  await page.waitForSelector("#continue-upload", { visible: true });
  expect(await wrongOn(page)).toEqual([]);
  await page.focus("#forget-upload");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#unfinished")?.hasAttribute("hidden"));
  await page.waitForFunction(() => document.activeElement?.id === "headline");
  await page.close();
});

it("workspace and popup are accessible while an upload runs", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const goOn = signal();
  stage.gate.rule = () => goOn.done;
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await until(async () => (await workspace.state()) === "running");
  expect(await wrongOn(workspace.page)).toEqual([]);
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#running:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  goOn.fire();
  await until(async () => (await workspace.state()) === "complete");
  expect(await wrongOn(workspace.page)).toEqual([]);
  await workspace.page.close();
});

it("workspace and popup are accessible while an upload waits for credentials", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => s3Error(400, "ExpiredToken");
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await workspace.page.waitForSelector("#waiting-options", { visible: true });
  expect(await wrongOn(workspace.page)).toEqual([]);
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#running:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await workspace.page.bringToFront();
  await workspace.page.click("#cancel");
  await until(async () => (await workspace.state()) === "cancelled");
  await workspace.page.close();
});

it("the workspace is accessible while an upload can be continued", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const goOn = signal();
  stage.gate.rule = () => goOn.done;
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await stage.browser.loseHost();
  goOn.fire();
  const later = await stage.openWorkspace();
  await later.page.waitForSelector("#continue-upload", { visible: true });
  expect(await wrongOn(later.page)).toEqual([]);
  await later.page.click("#forget-upload");
  await workspace.page.close();
  await later.page.close();
});

it("the workspace is accessible when an upload has failed", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => s3Error(403, "AccessDenied");
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const { page } = workspace;
  expect(await wrongOn(page)).toEqual([]);
  // With a file of the list looked at, and the earlier uploads in view.
  await page.focus("#files");
  await page.keyboard.press("Home");
  await page.waitForSelector("#files-detail p");
  await page.click("#history-section summary");
  expect(await wrongOn(page)).toEqual([]);
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#last-uploads li");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await page.close();
});

it("the options are accessible with lists of farms and queues, and while somebody signs in", async () => {
  await stage.prepare(await freshFolder());
  await everyAccountState(stage, accounts, async (page) => expect(await wrongOn(page)).toEqual([]));
});

/** What somebody without a mouse does: everything can be reached, and the focus is never lost. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
let seed = 9500;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

async function freshFolder(): Promise<string> {
  seed += 1;
  return stage.folder("shot", { "a.txt": bytes(1000, seed) });
}

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

it("the first field with an error gets the focus, also where it was folded away", async () => {
  await stage.prepare(await freshFolder(), { bandwidthLimit: 1000 });
  const { page } = await OptionsPage.open(stage.browser);
  await page.waitForSelector("#advanced[open]");
  await page.type("#expectedBucketOwner", "1234");
  await page.type("#concurrency", "many");
  await page.click("#save-profile");
  await page.waitForSelector("#concurrency[aria-invalid=true]");
  const focused = () => page.evaluate(() => document.activeElement?.id);
  expect(await focused()).toBe("expectedBucketOwner");
  await page.click("#advanced summary");
  await page.click("#save-profile");
  // The field that needs another look is folded away no more.
  expect(await focused()).toBe("expectedBucketOwner");
  await page.close();
});

it("pausing keeps the focus", async () => {
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
  goOn.fire();
  await page.keyboard.press("Enter");
  await until(async () => (await workspace.state()) === "complete");
  await page.close();
});

it("forgetting what was to be continued moves the focus to the headline", async () => {
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
  await page.waitForSelector("#unfinished", { visible: true });
  await page.focus("#forget-upload");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#unfinished")?.hasAttribute("hidden"));
  await page.waitForFunction(() => document.activeElement?.id === "headline");
  await page.close();
});

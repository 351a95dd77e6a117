/** What somebody without a mouse does: everything can be reached, and the focus is never lost. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import { s3Error } from "../faults/gate.ts";
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
  const { workspace, goOn } = await stage.holdUpload(folder);
  const { page } = workspace;
  await page.focus("#pause");
  await page.keyboard.press("Enter");
  await workspace.waiting();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("pause");
  goOn();
  await page.keyboard.press("Enter");
  await until(async () => (await workspace.state()) === "complete");
  await page.close();
});

it("forgetting what was to be continued moves the focus to the headline", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const {
    workspace: { page },
    goOn,
  } = await stage.holdUpload(folder);
  await stage.browser.loseHost();
  goOn();
  await page.reload();
  await page.waitForSelector("#unfinished", { visible: true });
  await page.focus("#forget-upload");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#unfinished")?.hasAttribute("hidden"));
  await page.waitForFunction(() => document.activeElement?.id === "headline");
  await page.close();
});

it("giving access moves the focus from the button that asked for it", async () => {
  await stage.prepare(await freshFolder());
  const { page } = await stage.openWorkspace();
  // No driver can answer the browser's question: the page is told that there is no access before it, and some after it.
  await page.evaluate(() => {
    const { browser = chrome } = globalThis as { browser?: typeof chrome };
    const send = browser.runtime.sendMessage.bind(browser.runtime) as (said: unknown) => Promise<unknown>;
    let isAllowed = false;
    Object.assign(browser.runtime, {
      async sendMessage(said: { type: string }, answer?: (reply: unknown) => void) {
        const reply = (await send(said)) as { value?: { hasHostAccess?: boolean } };
        if (said.type === "status.get" && reply.value) reply.value.hasHostAccess = isAllowed;
        answer?.(reply);
        return reply;
      },
    });
    Object.assign(browser.permissions, {
      async request(_asked: unknown, answer?: (granted: boolean) => void) {
        isAllowed = true;
        answer?.(true);
        return true;
      },
    });
    window.dispatchEvent(new Event("focus"));
  });
  // The state may be that of an upload which has just ended.
  await page.waitForSelector("#allow-access", { visible: true });
  await page.focus("#allow-access");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#allow-access", { hidden: true });
  await page.waitForFunction(() => document.activeElement?.id === "headline");
  await page.close();
});

it("a retry keeps the focus of the button until the upload goes on", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => s3Error(403, "AccessDenied");
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const hold = signal();
  stage.gate.rule = () => hold.done;
  await page.focus("#retry");
  await page.keyboard.press("Enter");
  await page.waitForSelector("body[data-state=running]");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("headline");
  hold.fire();
  await until(async () => (await workspace.state()) === "complete");
  await page.close();
});

/** What the keyboard comes by, and whether it can be seen to be there, until it comes by something again. */
async function stops(page: Page): Promise<{ where: string; isSeen: boolean }[]> {
  const found: { where: string; isSeen: boolean }[] = [];
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
  });
  for (let presses = 0; presses < 100; presses += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement;
      if (focused === document.body || focused.dataset.cameBy !== undefined) return null;
      focused.dataset.cameBy = "";
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return {
        where: focused.id || `${focused.tagName}: ${focused.textContent}`,
        isSeen: outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0,
      };
    });
    if (stop === null) break;
    found.push(stop);
  }
  return found;
}

it.each([
  ["workspace", 8],
  ["panel", 8],
  ["popup", 5],
  ["options", 20],
])("the focus can be seen wherever it goes: %s", async (surface, atLeast) => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  const page = await stage.browser.openPage(`${surface}/${surface}.html`);
  await page.bringToFront();
  await page.waitForSelector(
    surface === "options" ? "#save-profile:enabled" : "body:not([data-state=loading])",
  );
  // An end that the engine host still knows, or the history, comes a moment later.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const found = await stops(page);
  expect(found.filter(({ isSeen }) => !isSeen)).toEqual([]);
  expect(found.length).toBeGreaterThanOrEqual(atLeast);
  await page.close();
  await workspace.page.close();
});

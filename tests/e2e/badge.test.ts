/** What a person sees of an upload while no page of the extension is open: percent on the button, then a notification. */

import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOf, isFirefox } from "../browser/extension-browser.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { s3Error } from "../faults/gate.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until, wake } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

async function badge(): Promise<string> {
  return (await stage.browser.background()).evaluate(() => chrome.action.getBadgeText({}));
}

/** Ids of the notifications that are shown; then takes them all away. */
async function notifications(): Promise<string[]> {
  return (await stage.browser.background()).evaluate(async () => {
    const ids = Object.keys(await chrome.notifications.getAll());
    for (const id of ids) await chrome.notifications.clear(id);
    return ids;
  });
}

/** Drops, and closes the workspace as soon as it allows it. */
async function dropAndLeave(folder: string): Promise<void> {
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await workspace.page.waitForFunction(() =>
    document.querySelector("#tab-advice")?.textContent?.includes("You can close"),
  );
  await workspace.page.close();
}

async function pressButtonOf(notification: string): Promise<void> {
  const worker = await stage.browser.background();
  await worker.evaluate((id) => {
    // The browser's own bubble is out of reach here; it comes by this event.
    (
      chrome.notifications.onButtonClicked as unknown as { dispatch(id: string, button: number): void }
    ).dispatch(id, 0);
  }, notification);
}

it("shows percent with all pages closed, then tells the end, and copies the attachments from there", async () => {
  const folder = await stage.folder("closed", {
    // Content that no earlier run has left in the store.
    "a.bin": bytes(300_000, Date.now()),
    "b.bin": bytes(300_000, Date.now() + 1),
  });
  await stage.prepare(folder);
  const hold = signal();
  let puts = 0;
  stage.gate.rule = (method) => {
    if (method === "PUT") puts += 1;
    return puts > 1 ? hold.done : undefined;
  };
  await dropAndLeave(folder);
  await until(async () => Number.parseInt(await badge(), 10) > 0);
  expect(await badge()).toMatch(/^[1-9][0-9]?%$/);
  expect(await notifications()).toEqual([]);
  hold.fire();
  await until(async () => (await badge()) === "");
  let ended: string[] = [];
  await until(async () => {
    ended = await notifications();
    return ended.length > 0;
  });
  const [shown, ...others] = ended;
  expect(shown).toMatch(/^ended-/);
  expect(others).toEqual([]);

  // Firefox's notifications have no buttons.
  if (isFirefox) return;
  const { browser, extensionId } = chromiumOf(stage.browser);
  const context = browser.defaultBrowserContext();
  await context.overridePermissions(`chrome-extension://${extensionId}`, ["clipboard-read"]);
  await pressButtonOf(shown ?? "");
  const page = await stage.browser.opened("workspace.html");
  await page.waitForFunction(() => document.querySelector("#announcer")?.textContent?.includes("clipboard"));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.$eval("#attachments", (element) => element.textContent));
  expect(JSON.parse(copied).manifests).toHaveLength(1);
  expect(await page.evaluate(() => location.hash)).toBe("");
  await page.close();
});

it.skipIf(isFirefox)(
  "copies in a workspace that is open already, after the background was stopped, by the button that Firefox's notifications have not",
  async () => {
    const folder = await stage.folder("again", { "a.bin": bytes(1000, 8803) });
    await stage.prepare(folder);
    await dropAndLeave(folder);
    await until(async () => (await badge()) === "");
    let shown: string[] = [];
    await until(async () => {
      shown = await notifications();
      return shown.length > 0;
    });
    const workspace = await stage.openWorkspace();
    await workspace.page.evaluate(() => document.querySelector("#announcer")?.replaceChildren());
    await stage.browser.stopBackground();
    await wake(workspace.page, { type: "status.get" });
    await pressButtonOf(shown[0] ?? "");
    await workspace.page.waitForFunction(() =>
      document.querySelector("#announcer")?.textContent?.includes("clipboard"),
    );
    await workspace.page.close();
  },
);

async function endWatched(workspace: WorkspacePage, folder: string): Promise<void> {
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  // The end is told to the background after it is told to the pages.
  await until(async () => (await badge()) === "");
  await new Promise((resolve) => setTimeout(resolve, 500));
}

it("tells no end that the workspace in view shows, nor any when a person wants none", async () => {
  const folder = await stage.folder("seen", { "a.bin": bytes(1000, 8804) });
  await stage.prepare(folder);
  const workspace = await stage.openWorkspace();
  await endWatched(workspace, folder);
  expect(await notifications()).toEqual([]);
  await workspace.page.close();

  const options = await stage.browser.openPage("options/options.html");
  const wish = async () =>
    (await options.evaluate(() => chrome.storage.local.get("notifications"))).notifications;
  await options.waitForSelector("#notifications:checked");
  await options.click("#notifications");
  await until(async () => (await wish()) === false);
  await dropAndLeave(folder);
  await until(async () => (await badge()) === "");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await notifications()).toEqual([]);
  await options.bringToFront();
  await options.click("#notifications");
  await until(async () => (await wish()) === true);
  await options.close();
});

it("tells why an upload failed, in Chromium also when the background was stopped meanwhile", async () => {
  const folder = await stage.folder("failed", { "a.bin": bytes(1000, 8805) });
  await stage.prepare(folder);
  const hold = signal();
  stage.gate.rule = () => hold.done;
  await dropAndLeave(folder);
  await until(async () => (await badge()) !== "");
  // In Firefox the engine host ends with it.
  if (!isFirefox) await stage.browser.stopBackground();
  stage.gate.rule = () => s3Error(403, "AccessDenied");
  hold.fire();
  // The background is not there until the engine host wakes it.
  await until(async () => (await notifications().catch(() => [])).length === 1);
  expect(await badge()).toBe("");
});

it("takes away a badge whose upload is gone with the engine host", async () => {
  const folder = await stage.folder("lost", { "a.bin": bytes(1000, 8806) });
  await stage.prepare(folder);
  const hold = signal();
  stage.gate.rule = () => hold.done;
  await dropAndLeave(folder);
  await until(async () => (await badge()) !== "");
  await stage.browser.loseHost();
  hold.fire();
  await stage.browser.stopBackground();
  const page = await stage.browser.openPage("popup/popup.html");
  await until(async () => (await badge()) === "");
  await page.close();
});

/** The popup: what it shows of an upload and of what cannot be, and what is pressed there. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { OptionsPage } from "../browser/options-page.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
let seed = 6200;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

async function openPopup(): Promise<Page> {
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("body:not([data-state=loading])");
  return popup;
}

/** A workspace and a folder that the store has never seen. */
async function prepared(): Promise<{ workspace: WorkspacePage; folder: string }> {
  seed += 2;
  const folder = await stage.folder("shot", { "a.bin": bytes(5000, seed), "b.bin": bytes(5000, seed + 1) });
  await stage.prepare(folder);
  return { workspace: await stage.openWorkspace(), folder };
}

const isShown = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.checkVisibility());
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);
const noticeOf = async (page: Page): Promise<string> => {
  const notice = await page.waitForSelector("#notice:not(:empty)", { visible: true });
  return (await notice?.evaluate((element) => element.textContent)) ?? "";
};

it("shows no progress of a preview, cannot pause it, and leads to where it is", async () => {
  const { workspace, folder } = await prepared();
  await workspace.lookAtPreviews();
  await workspace.drop([folder]);
  await workspace.page.waitForSelector("body[data-state=preview]");
  const popup = await openPopup();
  await popup.waitForSelector("#running:not([hidden])");
  expect(await popup.$eval("#running-title", (title) => title.textContent)).toContain("is sent yet");
  expect(await popup.$eval("#percent", (percent) => percent.textContent)).toBe("");
  for (const selector of ["#progress", "#pause", "#cancel"])
    expect(await isShown(popup, selector), selector).toBe(false);
  expect(await wrongIn(popup)).toEqual([]);
  await popup.click("#open-preview");
  await until(() => workspace.page.evaluate(() => document.visibilityState === "visible"));
  expect(await isShown(workspace.page, "#pause")).toBe(false);
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  await workspace.page.close();
  if (!popup.isClosed()) await popup.close();
});

it("pauses, resumes and cancels, and keeps the focus", async () => {
  const { workspace, folder } = await prepared();
  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  const popup = await openPopup();
  await popup.waitForSelector("#running:not([hidden])");
  const isPaused = (wanted: boolean) =>
    popup.waitForFunction(
      (word) => document.querySelector("#pause")?.textContent === word,
      {},
      wanted ? "Resume" : "Pause",
    );
  await popup.focus("#pause");
  await popup.keyboard.press("Enter");
  await isPaused(true);
  await popup.keyboard.press("Enter");
  await isPaused(false);
  expect(await focused(popup)).toBe("pause");
  await popup.focus("#cancel");
  await popup.keyboard.press("Enter");
  await popup.waitForSelector("#running", { hidden: true });
  expect(await focused(popup)).toBe("open-workspace");
  await workspace.page.bringToFront();
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  hold.fire();
  await popup.close();
  await workspace.page.close();
});

it("copies the attachments JSON of the last upload", async () => {
  const { workspace, folder } = await prepared();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  const { attachments } = await workspace.result();
  const popup = await openPopup();
  await popup.bringToFront();
  await popup.waitForSelector("#last-uploads li:first-child .copy-attachments");
  await popup.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      Object.assign(globalThis, { copied: text });
    };
  });
  await popup.click("#last-uploads li:first-child .copy-attachments");
  await popup.waitForFunction(() => "copied" in globalThis);
  const copied = await popup.evaluate(() => (globalThis as unknown as { copied: string }).copied);
  expect(JSON.parse(copied)).toEqual(JSON.parse(attachments));
  await popup.close();
  await workspace.page.close();
});

it("says where everybody sees it that a text is no file", async () => {
  const popup = await openPopup();
  await popup.evaluate(() =>
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer(), cancelable: true })),
  );
  expect(await noticeOf(popup)).toBe("That was text or a link, not a file.");
  // The notice is read out by itself.
  expect(await popup.$eval("#announcer", (region) => region.textContent)).toBe("");
  await popup.close();
});

it("shows its profile again once the background answers again", async () => {
  await prepared().then(({ workspace }) => workspace.page.close());
  const popup = await openPopup();
  await popup.waitForSelector("#profile:not([hidden])");
  await popup.evaluate(() => {
    const { browser = chrome } = globalThis as { browser?: typeof chrome };
    const send = browser.runtime.sendMessage;
    const fail = () => Promise.reject(new Error("nobody listens"));
    Object.assign(browser.runtime, { sendMessage: fail });
    Object.assign(globalThis, { answerAgain: () => Object.assign(browser.runtime, { sendMessage: send }) });
  });
  // Other credentials are news of the status.
  const save = async () => {
    const options = await OptionsPage.open(stage.browser);
    await options.saveCredentials(stage.credentials);
    await options.page.close();
  };
  await save();
  expect(await noticeOf(popup)).toContain("background did not answer");
  expect(await isShown(popup, "#profile")).toBe(false);
  await popup.evaluate(() => (globalThis as unknown as { answerAgain: () => void }).answerAgain());
  await save();
  await popup.waitForSelector("#profile", { visible: true });
  expect(await popup.$eval("#notice", (notice) => notice.textContent)).toBe("");
  await popup.close();
});

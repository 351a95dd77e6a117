/** The uploads that ended before are kept in the browser, and can be copied from, deleted and cleared. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { s3Error } from "../faults/gate.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, until } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

const items = (page: Page, list: string) =>
  page.$$eval(`${list} > li`, (all) =>
    all.map((item) => ({
      label: item.querySelector(".history-label")?.textContent ?? "",
      phase: item.getAttribute("data-phase") ?? "",
    })),
  );

async function upload(name: string, seed: number): Promise<string> {
  const folder = await stage.folder(name, { "a.txt": bytes(1000, seed) });
  await stage.prepare(folder);
  return folder;
}

it("shows what ended, survives the engine host and the page, and can be copied, deleted and cleared", async () => {
  const first = await upload("first", 8101);
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  expect(await page.$eval("#history-section", (section) => (section as HTMLElement).hidden)).toBe(true);
  expect(await workspace.dropAndWait([first], 60_000)).toBe("complete");
  const { attachments } = await workspace.result();
  const second = await upload("second", 8102);
  stage.gate.rule = () => s3Error(403, "AccessDenied");
  await page.bringToFront();
  expect(await workspace.dropAndWait([second], 60_000)).toBe("failed");
  for (const [at, name] of ["third", "fourth"].entries()) {
    const folder = await upload(name, 8103 + at);
    await page.bringToFront();
    expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  }
  await until(async () => (await items(page, "#history")).length === 4);
  await stage.browser.loseHost();
  await page.reload();
  await page.waitForSelector("#history-section:not([hidden])");
  expect(await items(page, "#history")).toEqual([
    { label: "fourth", phase: "complete" },
    { label: "third", phase: "complete" },
    { label: "second", phase: "failed" },
    { label: "first", phase: "complete" },
  ]);
  const problem = await page.$eval("#history > li:nth-child(3)", (item) => item.textContent);
  expect(problem).toContain("may not read or write job attachments");

  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#last:not([hidden])");
  expect(await items(popup, "#last-uploads")).toEqual([
    { label: "fourth", phase: "complete" },
    { label: "third", phase: "complete" },
    { label: "second", phase: "failed" },
  ]);
  await popup.close();

  await page.bringToFront();
  await page.click("#history-section summary");
  const copied = await page.evaluate(async () => {
    const texts: string[] = [];
    navigator.clipboard.writeText = async (text) => void texts.push(text);
    document.querySelector<HTMLElement>("#history > li:nth-child(4) .copy-attachments")?.click();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return texts;
  });
  expect(copied).toEqual([attachments]);

  await page.focus("#history > li:nth-child(3) .button.plain");
  await page.keyboard.press("Enter");
  await until(async () => (await items(page, "#history")).length === 3);
  expect((await items(page, "#history")).map(({ label }) => label)).toEqual(["fourth", "third", "first"]);
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);

  await page.click("#clear-history");
  await page.waitForSelector("#history-section", { hidden: true });
  await page.reload();
  await page.waitForSelector("body:not([data-state=loading])");
  expect(await items(page, "#history")).toEqual([]);
  await page.close();
});

it("leaves the focus to the headline when its last entry is deleted", async () => {
  const folder = await upload("only", 8120);
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  await until(async () => (await items(page, "#history")).length === 1);
  await page.click("#history-section summary");
  await page.focus("#history > li .button.plain");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#history-section", { hidden: true });
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("headline");
  await page.close();
});

it("keeps no secret", async () => {
  const folder = await upload("kept", 8110);
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  await until(async () => (await items(workspace.page, "#history")).length === 1);
  const kept = await workspace.page.evaluate(async () => {
    const open = indexedDB.open("history");
    await new Promise((resolve) => open.addEventListener("success", resolve));
    const all = open.result.transaction("uploads").objectStore("uploads").getAll();
    await new Promise((resolve) => all.addEventListener("success", resolve));
    open.result.close();
    return all.result.map((entry) => ({ ...entry, bytes: String(entry.bytes) }));
  });
  expect(kept).toHaveLength(1);
  expect(Object.keys(kept[0]).sort()).toEqual(
    "attachments bytes endedAt files label phase profileName startedAt uploadId".split(" "),
  );
  const text = JSON.stringify(kept);
  for (const secret of [stage.store.secretKey, stage.store.accessKey]) expect(text).not.toContain(secret);
  await workspace.page.close();
});

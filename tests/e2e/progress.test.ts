/** What the workspace and the popup show of an upload on its way, and what of it is read out. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bytes } from "./scene.ts";
import { type Stage, setStage } from "./stage.ts";

/** So many that there are many steps of progress: an object is one. */
const FILES = 30;
const SIZE = 300_000;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

/** Writes down from now on, in order, what these elements say; what is taken away is not written down. */
const watch = (page: Page, selectors: string[]) =>
  page.evaluate((wanted) => {
    const heard: Record<string, string[]> = {};
    Object.assign(globalThis, { heard });
    for (const selector of wanted) {
      heard[selector] = [];
      const element = document.querySelector(selector);
      if (element === null) throw new Error(`There is no ${selector}.`);
      new MutationObserver(() => {
        const said = element.textContent ?? "";
        if (said !== "" && said !== heard[selector]?.at(-1)) heard[selector]?.push(said);
      }).observe(element, { childList: true, subtree: true, characterData: true });
    }
  }, selectors);

const heard = (page: Page): Promise<Record<string, string[]>> =>
  page.evaluate(() => (globalThis as unknown as { heard: Record<string, string[]> }).heard);

/** Everything that is read out of an upload that nobody looks at before it begins, in order. */
const STEPS = [
  /^(Uploading|Nothing of) shot/,
  /^Hashing/,
  /^Checking what/,
  /^(Checked|Waits until)/,
  /^Uploading what/,
  /^Writing the manifest/,
  /^All 30 files are in the store/,
];

/** What was said, by its place among {@link STEPS}. */
const steps = (said: string[]) => said.map((sentence) => STEPS.findIndex((step) => step.test(sentence)));

it("shows how far it is, how fast and how long it takes, and reads out phases and the end only", async () => {
  const files = Array.from({ length: FILES }, (_, at) => [`${at}.bin`, bytes(SIZE, 6100 + at)]);
  const folder = await stage.folder("shot", Object.fromEntries(files));
  await stage.prepare(folder);
  stage.gate.bytesPerSecond = 1_500_000;
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("body:not([data-state=loading])");
  await watch(page, [
    "#announcer",
    "#percent",
    "#speed",
    "#current-file",
    "#elapsed",
    "[data-phase=uploading] .phase-amount",
  ]);
  await watch(popup, ["#announcer", "#percent", "#running-speed"]);
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  stage.gate.bytesPerSecond = undefined;

  const shown = await heard(page);
  const inPopup = await heard(popup);
  expect(shown["#current-file"]?.every((path) => /^shot\/\d+\.bin$/.test(path))).toBe(true);
  expect(shown["#current-file"]).not.toEqual([]);
  expect(shown["#elapsed"]?.at(-1)).toMatch(/^[1-9]\d* s$/);
  expect(shown["[data-phase=uploading] .phase-amount"]).toContainEqual(
    expect.stringMatching(/^\d+ of 30 objects · [\d.]+ of 9(\.0)? MB$/),
  );
  for (const said of [shown["#speed"], inPopup["#running-speed"]])
    expect(said).toContainEqual(expect.stringMatching(/^[\d.]+ [kM]B\/s, (about|less) .+ left$/));
  for (const percents of [shown["#percent"], inPopup["#percent"]]) {
    expect(percents?.every((percent) => /^\d{1,2} %$/.test(percent))).toBe(true);
    expect(percents?.length).toBeGreaterThan(10);
  }

  // Each step at most once, in order, and nothing else.
  for (const said of [shown["#announcer"], inPopup["#announcer"]]) {
    const told = steps(said ?? []);
    expect(told, `${said}`).toEqual([...new Set(told)].sort((one, other) => one - other));
    expect(told).not.toContain(-1);
    expect(told.slice(-1)).toEqual([STEPS.length - 1]);
    expect(told).toContain(4);
  }
  await popup.close();
  await page.close();
});

it("says of an upload that was cancelled what was not sent", async () => {
  const folder = await stage.folder("cut", { "a.bin": bytes(SIZE, 6200), "b.bin": bytes(SIZE, 6201) });
  await stage.prepare(folder);
  const {
    workspace: { page },
    goOn,
  } = await stage.holdUpload(folder);
  await page.waitForSelector("#cancel", { visible: true });
  await page.click("#cancel");
  await page.waitForSelector("body[data-state=cancelled]");
  goOn();
  await page.waitForFunction(
    () => document.querySelector("#files-counts")?.textContent?.trim() === "Not sent: 2",
  );
  const lines = await page.$$eval("#files .file-state", (all) => all.map(({ textContent }) => textContent));
  expect(lines).toEqual(["Not sent, 300 kB", "Not sent, 300 kB"]);
  await page.close();
});

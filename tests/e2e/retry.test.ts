/** What failed is taken again: only that, and a complete manifest comes of it. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import { isFirefox } from "../browser/extension-browser.ts";
import { readyToChoose } from "../browser/file-dialog.ts";
import { s3Error } from "../faults/gate.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, until } from "./stage.ts";

let stage: Stage;
let seed = 8300;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

const puts = () => stage.gate.seen.filter((line) => line.startsWith("PUT") && line.includes("/Data/"));

async function freshFolder(changes: Partial<ProfileFields> = {}): Promise<string> {
  seed += 10;
  const folder = await stage.folder("shot", {
    "good.exr": bytes(2000, seed),
    "deep/other.exr": bytes(2000, seed + 1),
    // Sent last, so that the others are in the store by then.
    "zz/changing.exr": bytes(4000, seed + 2),
  });
  await stage.prepare(folder, changes);
  return folder;
}

async function paths(key: string): Promise<string[]> {
  const manifest = JSON.parse(new TextDecoder().decode(await stage.bucket.get(key)));
  return manifest.paths.map(({ path }: { path: string }) => path);
}

const failedLines = (page: Page) =>
  page.$$eval("#files [role=option][data-status=failed]", (lines) =>
    lines.map((line) => line.textContent ?? ""),
  );

it("reads a file that was gone for a while anew, sends only that, and completes the manifest", async () => {
  const folder = await freshFolder();
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  const changing = join(folder, "zz/changing.exr");
  stage.gate.rule = async (method) => {
    if (method === "HEAD") await rm(changing, { force: true });
    return undefined;
  };
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const problems = await workspace.problems();
  expect(problems).toMatchObject([{ file: "shot/zz/changing.exr" }]);
  // One next action, and one button for it.
  expect(await page.$$eval("#problems li .problem-next", (all) => all.length)).toBe(1);
  await until(async () => (await failedLines(page)).length === 1);
  await page.select("#files-filter", "failures");
  await until(async () => (await page.$$("#files [role=option]")).length === 1);
  expect((await failedLines(page))[0]).toContain("changing.exr");
  await page.focus("#files");
  await page.keyboard.press("Home");
  await until(async () => (await page.$eval("#files-detail", (detail) => detail.textContent)) !== "");
  expect(await page.$eval("#files-detail .problem-next", (next) => next.textContent)).not.toBe("");

  stage.gate.rule = () => undefined;
  await writeFile(changing, bytes(4100, seed + 3));
  const sent = puts().length;
  // Firefox gives no lasting access: there the same is chosen again.
  const retry = isFirefox ? "Choose the same again" : "Retry failed";
  expect(await page.$eval("#retry", (button) => button.textContent)).toBe(retry);
  await page.focus("#retry");
  expect(await workspace.endAfter(() => page.keyboard.press("Enter"), 60_000)).toBe("complete");
  expect(puts().length - sent).toBe(1);
  const { files, manifestKey } = await workspace.result();
  expect(files).toBe(3);
  expect((await paths(manifestKey)).sort()).toEqual([
    "shot/deep/other.exr",
    "shot/good.exr",
    "shot/zz/changing.exr",
  ]);
  expect(await page.$eval("#retry-section", (section) => (section as HTMLElement).offsetParent)).toBe(null);
  await page.close();
});

it("goes on after the bucket has refused everything, with the credentials of now", async () => {
  // One after the other, so that two are confirmed before the third is refused.
  const folder = await freshFolder({ concurrency: 1 });
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  const objects = new Set<string>();
  stage.gate.rule = (method, path) => {
    if (method === "PUT" && path.includes("/Data/")) objects.add(path);
    return objects.size > 2 ? s3Error(403, "AccessDenied") : undefined;
  };
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  stage.gate.rule = () => undefined;
  stage.gate.seen.length = 0;
  // What explains the failure may still move the button.
  await page.focus("#retry");
  expect(await workspace.endAfter(() => page.keyboard.press("Enter"), 60_000)).toBe("complete");
  expect((await workspace.result()).files).toBe(3);
  // What was confirmed before is neither sent nor asked for again.
  expect(puts()).toHaveLength(1);
  await page.close();
});

it("asks to choose the same again where the browser gave no handle, and says why", async () => {
  const folder = await freshFolder();
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  stage.gate.rule = async (method) => {
    if (method === "HEAD") await writeFile(join(folder, "zz/changing.exr"), bytes(4100, seed + 3));
    return undefined;
  };
  const end = await workspace.endAfter(() => workspace.chooseFolder(folder), 60_000);
  expect(end).toBe("failed");
  expect(await page.$eval("#retry", (button) => button.textContent)).toBe("Choose the same again");
  expect(await page.$eval("#retry-text", (text) => text.textContent)).toContain("no lasting access");
  stage.gate.rule = () => undefined;
  const sent = puts().length;
  const chooseAgain = await readyToChoose(page, folder);
  const again = await workspace.endAfter(async () => {
    await page.click("#retry");
    await chooseAgain();
  }, 60_000);
  expect(again).toBe("complete");
  expect(puts().length - sent).toBe(1);
  expect((await workspace.result()).files).toBe(3);
  await page.close();
});

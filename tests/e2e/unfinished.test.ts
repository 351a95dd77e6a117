/** An upload whose engine host is gone before its end is offered again, and only what is missing is done. */

import { afterAll, beforeAll, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import { keepGranted } from "../browser/granted-handles.ts";
import { OptionsPage } from "../browser/options-page.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
let seed = 700;
/** The folder of the upload that was cut off last. */
let dropped: string;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

const dataPuts = () => stage.gate.seen.filter((line) => line.startsWith("PUT") && line.includes("/Data/"));

/** Begins an upload, ends its engine host when all but the manifest is in the store, and opens the workspace anew. */
async function cutOff(
  begin: (workspace: WorkspacePage, folder: string) => Promise<unknown>,
): Promise<WorkspacePage> {
  seed += 2;
  dropped = await stage.folder("shot", {
    "a.bin": bytes(5000, seed),
    "deep/b.bin": bytes(5000, seed + 1),
  });
  await stage.prepare(dropped);
  const hold = signal();
  stage.gate.rule = (_, path) => (path.includes("/Manifests/") ? hold.done : undefined);
  const first = await stage.openWorkspace();
  await begin(first, dropped);
  await until(() => stage.gate.seen.some((line) => line.includes("/Manifests/")));
  const keeper = await keepGranted(stage.browser);
  await stage.browser.loseHost();
  stage.gate.rule = () => undefined;
  hold.fire();
  // Behind another page nothing is drawn, and what is waited for is looked for when something is drawn.
  await first.page.bringToFront();
  await first.page.reload();
  await first.page.waitForSelector("#unfinished", { visible: true });
  await keeper.close();
  return first;
}

const drop = (workspace: WorkspacePage, folder: string) => workspace.drop([folder]);
const choose = (workspace: WorkspacePage, folder: string) => workspace.chooseFolder(folder);

const isOffered = ({ page }: WorkspacePage) =>
  page.$eval("#unfinished", (element) => !element.hasAttribute("hidden"));
const isContinueOffered = ({ page }: WorkspacePage) =>
  page.$eval("#continue-upload", (element) => !element.hasAttribute("hidden"));

it.skipIf(isFirefox)(
  "goes on with what was dropped, of which Firefox keeps no handle, and sends no content again",
  async () => {
    const workspace = await cutOff(drop);
    const sent = dataPuts().length;
    expect(sent).toBeGreaterThan(0);
    await workspace.page.click("#continue-upload");
    await workspace.page.waitForSelector("body[data-state=complete]");
    const { files, objectsWritten, objectsSkipped, manifestKey } = await workspace.result();
    expect({ files, objectsWritten, objectsSkipped }).toEqual({
      files: 2,
      objectsWritten: 0,
      objectsSkipped: 2,
    });
    expect(dataPuts()).toHaveLength(sent);
    const manifest = JSON.parse(new TextDecoder().decode(await stage.bucket.get(manifestKey)));
    expect(manifest.paths.map(({ path }: { path: string }) => path)).toEqual([
      "shot/a.bin",
      "shot/deep/b.bin",
    ]);
    await until(async () => !(await isOffered(workspace)));
    await workspace.page.reload();
    await workspace.page.waitForSelector("body:not([data-state=loading])");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await isOffered(workspace)).toBe(false);
    await workspace.page.close();
  },
);

it.skipIf(isFirefox)(
  "keeps the choice of files that it was begun with, which in Firefox is chosen again",
  async () => {
    const workspace = await cutOff(async (first, folder) => {
      await first.lookAtPreviews();
      await first.drop([folder]);
      await first.page.waitForSelector("body[data-state=preview]");
      await first.page.$eval(".preview-patterns", (details) => details.setAttribute("open", ""));
      await first.page.type("#preview-exclude", "deep");
      await first.page.waitForFunction(() => document.querySelector("#preview-left-out")?.textContent !== "");
      await first.page.click("#preview-upload");
    });
    await workspace.page.click("#continue-upload");
    await workspace.page.waitForSelector("body[data-state=complete]");
    expect((await workspace.result()).files).toBe(1);
    const leftOut = await workspace.notTaken();
    expect(leftOut).toMatchObject([{ code: "excluded", file: "shot/deep/b.bin" }]);
    await workspace.page.close();
  },
);

it("is no upload before somebody has pressed Upload", async () => {
  const folder = await stage.folder("shot", { "a.bin": bytes(5000, 780) });
  await stage.prepare(folder);
  const workspace = await stage.openWorkspace();
  await workspace.lookAtPreviews();
  await workspace.drop([folder]);
  await workspace.page.waitForSelector("body[data-state=preview]");
  await workspace.page.waitForFunction(() => document.querySelector("#preview-state")?.textContent === "");
  await stage.browser.loseHost();
  await workspace.page.reload();
  await workspace.page.waitForSelector("body[data-state=ready]");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await isOffered(workspace)).toBe(false);
  await workspace.page.close();
});

it("can be forgotten", async () => {
  const workspace = await cutOff(drop);
  await workspace.page.click("#forget-upload");
  await until(async () => !(await isOffered(workspace)));
  await workspace.page.reload();
  await workspace.page.waitForSelector("body[data-state=ready]");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await isOffered(workspace)).toBe(false);
  await workspace.page.close();
});

it("asks to choose the same again where the browser gave no handles, and takes that for the answer", async () => {
  const workspace = await cutOff(choose);
  expect(await isContinueOffered(workspace)).toBe(false);
  const text = await workspace.page.$eval("#unfinished-text", (element) => element.textContent);
  expect(text).toContain("drop or choose the same again");
  expect(await workspace.endAfter(() => choose(workspace, dropped), 60_000)).toBe("complete");
  expect((await workspace.result()).objectsSkipped).toBe(2);
  await until(async () => !(await isOffered(workspace)));
  await workspace.page.close();
});

it("is replaced by a drop of the same, and gone when the cache is cleared", async () => {
  const workspace = await cutOff(drop);
  const folder = await stage.folder("shot", { "c.bin": bytes(100, 799) });
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("complete");
  await until(async () => !(await isOffered(workspace)));
  await workspace.page.close();

  const other = await cutOff(drop);
  const options = await OptionsPage.open(stage.browser);
  await options.page.click("#clear-cache");
  await options.page.waitForSelector("#cache-message[data-state=saved]");
  await options.page.close();
  await other.page.reload();
  await other.page.waitForSelector("body[data-state=ready]");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await isOffered(other)).toBe(false);
  await other.page.close();
});

it("is offered as soon as its host is gone, when that takes longer than the page to open", async () => {
  let lock = "";
  const workspace = await cutOff(async (first, folder) => {
    await drop(first, folder);
    await until(() => stage.gate.seen.some((line) => line.includes("/Manifests/")));
    const held = await first.page.evaluate(async () => (await navigator.locks.query()).held);
    lock = held?.find(({ name }) => name?.includes("upload"))?.name ?? "";
  });
  expect(lock).not.toBe("");
  // In the place of a host that is on its way out.
  const host = await OptionsPage.open(stage.browser);
  await host.page.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        void navigator.locks.request(name, () => {
          resolve();
          return new Promise(() => undefined);
        });
      }),
    lock,
  );
  await workspace.page.reload();
  await workspace.page.waitForSelector("body[data-state=ready]");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await isOffered(workspace)).toBe(false);
  await host.page.close();
  await workspace.page.bringToFront();
  await workspace.page.waitForSelector("#unfinished", { visible: true });
  await workspace.page.click("#forget-upload");
  await until(async () => !(await isOffered(workspace)));
  await workspace.page.close();
});

it("is not offered while it runs", async () => {
  const folder = await stage.folder("shot", { "a.bin": bytes(5000, 790) });
  await stage.prepare(folder);
  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  const second = await stage.openWorkspace();
  await second.page.waitForSelector("body[data-state=running]");
  expect(await isOffered(second)).toBe(false);
  await second.page.close();
  await workspace.page.bringToFront();
  hold.fire();
  await workspace.page.waitForSelector("body[data-state=complete]");
  expect(await isOffered(workspace)).toBe(false);
  await workspace.page.close();
});

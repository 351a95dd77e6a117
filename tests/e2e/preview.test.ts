/** Before anything is sent: what is shown, what is chosen, and that the store stays as it is. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { dropAt } from "../browser/bare-drop.ts";
import { isFirefox } from "../browser/extension-browser.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { PATIENCE_MS } from "../patience.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";

let scene: Scene;
let workspace: WorkspacePage;
beforeAll(async () => {
  scene = await Scene.open();
  workspace = await scene.workspace();
});
afterAll(() => scene?.close());
beforeEach(() => scene.clear());

const figures = () =>
  workspace.page.$$eval("#preview [data-value]", (elements) =>
    Object.fromEntries(
      elements.map((element) => [
        element.id.replace("preview-", ""),
        Number(element.getAttribute("data-value")),
      ]),
    ),
  );

/** Waits until everything is known of the drop. */
async function previewOf(paths: string[]): Promise<void> {
  await workspace.lookAtPreviews();
  await workspace.drop(paths);
  await workspace.page.waitForSelector("body[data-state=preview]");
  await ready();
}

const ready = () =>
  workspace.page.waitForFunction(() => document.querySelector("#preview-state")?.textContent === "");

async function type(field: "include" | "exclude", patterns: string): Promise<void> {
  await workspace.page.$eval(".preview-patterns", (details) => details.setAttribute("open", ""));
  const selector = `#preview-${field}`;
  await workspace.page.focus(selector);
  await workspace.page.$eval(selector, (area) => (area as HTMLTextAreaElement).select());
  await workspace.page.keyboard.press("Backspace");
  await workspace.page.type(selector, patterns);
}

const leftOut = (count: number) =>
  workspace.page.waitForFunction(
    (wanted) => (document.querySelector("#preview-left-out")?.textContent ?? "").startsWith(wanted),
    {},
    count === 0 ? "" : `${count}`,
  );

it("tells what is new and what is there, and sends nothing before the key is pressed", async () => {
  await scene.write({ "there/a.bin": bytes(70_000, 9001) });
  expect(await workspace.dropAndWait([join(scene.folder, "there")], UPLOAD_LIMIT_MS)).toBe("complete");
  await scene.write({ "new/b.bin": bytes(50_000, 9002), "new/again.bin": bytes(50_000, 9002) });
  const before = await scene.objects();
  await previewOf([scene.folder]);
  expect(await figures()).toEqual({
    files: 3,
    "files-bytes": 170_000,
    new: 1,
    "new-bytes": 50_000,
    there: 1,
    "there-bytes": 70_000,
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await scene.objects()).toEqual(before);
  expect(await wrongIn(workspace.page)).toEqual([]);
  // The button has the focus by itself.
  expect(await workspace.page.evaluate(() => document.activeElement?.id)).toBe("preview-upload");
  expect(await workspace.page.$eval("#announcer", (region) => region.textContent)).toContain("Checked");
  expect(await workspace.endAfter(() => workspace.page.keyboard.press("Enter"), UPLOAD_LIMIT_MS)).toBe(
    "complete",
  );
  expect(await scene.judge(workspace, before)).toEqual([]);
  expect(await workspace.result()).toMatchObject({ files: 3, objectsWritten: 1, objectsSkipped: 1 });
});

it("leaves out what patterns say: other figures, another manifest, and each by name", async () => {
  await scene.write({
    "a.exr": bytes(1000, 9101),
    "b.tmp": bytes(2000, 9102),
    "cache/c.bin": bytes(4000, 9103),
  });
  const before = await scene.objects();
  await previewOf([scene.folder]);
  expect(await figures()).toMatchObject({ files: 3, "new-bytes": 7000 });
  await type("exclude", "*.tmp, cache");
  await leftOut(2);
  expect(await figures()).toMatchObject({ files: 1, "files-bytes": 1000, "new-bytes": 1000 });
  const left = await workspace.notTaken();
  // They are in the order in which the browser lists the folder.
  expect(left.sort((a, b) => a.file.localeCompare(b.file))).toMatchObject([
    { code: "excluded", file: "shot_010/b.tmp" },
    { code: "excluded", file: "shot_010/cache/c.bin" },
  ]);
  expect(await wrongIn(workspace.page)).toEqual([]);
  const end = await workspace.endAfter(() => workspace.page.click("#preview-upload"), UPLOAD_LIMIT_MS);
  expect(end).toBe("complete");
  expect(await workspace.notTaken()).toHaveLength(2);
  for (const name of ["b.tmp", "cache"]) await rm(join(scene.folder, name), { recursive: true });
  expect(await scene.judge(workspace, before)).toEqual([]);
});

it("says what is wrong with a pattern, and refuses to send nothing at all", async () => {
  await scene.write({ "a.exr": "a" });
  await previewOf([scene.folder]);
  await type("include", "*.exr\n[abc");
  await workspace.page.waitForSelector("#preview-include[aria-invalid=true]");
  expect(await workspace.page.$eval("#preview-include-error", (error) => error.textContent)).toContain(
    "character 1",
  );
  await type("include", "*.png");
  await workspace.page.waitForSelector("#preview-upload:disabled");
  expect(await workspace.page.$eval("#preview-state", (state) => state.textContent)).toContain("no file");
  expect(await workspace.notTaken()).toMatchObject([{ code: "not-included", file: "shot_010/a.exr" }]);
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
});

it.skipIf(isFirefox)(
  "says that it is open to whoever drops something else: nothing can drop on Firefox",
  async () => {
    await scene.write({ "w.bin": bytes(30_000, 9801) });
    await previewOf([scene.folder]);
    await dropAt(workspace.page, 200, 200, [scene.folder]);
    await workspace.page.waitForSelector("#notice[data-code=preview-open]");
    expect(await workspace.page.$eval("#notice", ({ textContent }) => textContent)).toContain(
      "A preview of shot_010 is open in the workspace",
    );
    expect(await workspace.page.$eval("body", ({ dataset }) => dataset.state)).toBe("preview");
    await workspace.page.click("#preview-cancel");
    await workspace.page.waitForSelector("body[data-state=cancelled]");
  },
);

it("says how long it takes and what cannot be uploaded, also to those who do not see it", async () => {
  await scene.write({ "t.bin": bytes(40_000, 9151) });
  await previewOf([scene.folder]);
  // What was sent before may have been too little to tell a speed by.
  expect(await workspace.page.$eval("#preview-time", (time) => time.textContent)).toMatch(
    /^(less than a minute|about .+) at the speed of your last upload$|^No estimate yet: nothing was uploaded to this store so far$/,
  );
  expect(await workspace.page.$eval("#preview-failed", (failed) => failed.checkVisibility())).toBe(false);
  // As a host tells it of files that it could not read.
  await workspace.page.evaluate(() => {
    const channel = new BroadcastChannel("uploads");
    channel.onmessage = ({ data }) => {
      if (data.type !== "upload.state") return;
      channel.onmessage = null;
      const preview = { ...data.state.preview, filesFailed: 2 };
      channel.postMessage({ ...data, state: { ...data.state, preview } });
    };
    channel.postMessage({ to: "host", type: "uploads.query" });
  });
  const failed = await workspace.page.waitForSelector("#preview-failed", { visible: true });
  const sentence = await failed?.evaluate((element) => element.textContent);
  expect(sentence).toMatch(/^2 files cannot be uploaded\./);
  await workspace.page.waitForFunction(
    (wanted) => document.querySelector("#announcer")?.textContent?.endsWith(`${wanted}`),
    {},
    sentence,
  );
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
});

it("leads to the pattern that cannot be read, where the fields are folded away", async () => {
  await scene.write({ "a.exr": "a" });
  await previewOf([scene.folder]);
  await type("include", "[abc");
  await workspace.page.waitForSelector("#preview-include[aria-invalid=true]");
  await workspace.page.$eval(".preview-patterns", (details) => details.removeAttribute("open"));
  await workspace.page.click("#preview-upload");
  await workspace.page.waitForSelector(".preview-patterns[open]");
  expect(await workspace.page.evaluate(() => document.activeElement?.id)).toBe("preview-include");
  expect(await workspace.page.$eval("body", ({ dataset }) => dataset.state)).toBe("preview");
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
});

it("leaves a long list of what is skipped as it is while more is told, and reads out other figures once", async () => {
  const names = Array.from({ length: 12 }, (_, at) => `${at}.tmp`);
  await scene.write({ "a.exr": "a", ...Object.fromEntries(names.map((name) => [name, name])) });
  await previewOf([scene.folder]);
  await workspace.page.evaluate(() => {
    const said: (string | null)[] = [];
    Object.assign(globalThis, { said });
    const region = document.querySelector("#announcer") as HTMLElement;
    new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true });
  });
  // At once: whoever types slowly hears the figures of each letter.
  await workspace.page.$eval("#preview-exclude", (field) => {
    (field as HTMLTextAreaElement).value = "*.tmp";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await leftOut(12);
  await workspace.page.click("#not-taken-section summary");
  for (let told = 0; told < 5; told += 1) {
    await workspace.page.evaluate(() =>
      new BroadcastChannel("uploads").postMessage({ to: "host", type: "uploads.query" }),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(await workspace.page.$eval("#not-taken-section", (one) => one.hasAttribute("open"))).toBe(true);
  const said = () => workspace.page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
  await expect
    .poll(said, { timeout: PATIENCE_MS })
    .toEqual(["Checked: 1 file, 1 byte of it new. Press Upload to send it."]);
  await workspace.page.select("#files-filter", "skipped");
  const lines = () =>
    workspace.page.$$eval("#files [role=option]", (all) => all.map((one) => one.getAttribute("data-status")));
  await expect.poll(lines, { timeout: PATIENCE_MS }).toEqual(names.map(() => "skipped"));
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
});

it("is nothing that was sent, and not to be sent either, when its host is lost", async () => {
  await scene.write({ "z.bin": bytes(30_000, 9501) });
  await previewOf([scene.folder]);
  const { page } = workspace;
  await scene.browser.loseHost();
  await page.waitForSelector("body[data-state=cancelled]", { timeout: UPLOAD_LIMIT_MS });
  expect(await page.$eval("#headline", ({ textContent }) => textContent)).toBe(
    "Nothing of shot_010 was sent",
  );
  const said = () => page.$eval("#announcer", ({ textContent }) => textContent);
  await expect.poll(said, { timeout: PATIENCE_MS }).toContain("Nothing of shot_010 was sent");
  expect(await page.$eval("#problems", ({ textContent }) => textContent)).toContain("has stopped");
  expect(await page.$eval("#downloads", (downloads) => downloads.hasAttribute("hidden"))).toBe(true);
});

it("is given up when the last page that shows it is closed, and not before", async () => {
  await scene.write({ "y.bin": bytes(30_000, 9401) });
  const second = await scene.workspace();
  await second.lookAtPreviews();
  await workspace.page.bringToFront();
  await previewOf([scene.folder]);
  await second.page.waitForSelector("body[data-state=preview]");
  await workspace.page.close();
  // Longer than a page has to come back.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await second.page.reload();
  await second.page.waitForSelector("body[data-state=preview]");
  await second.page.close();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  workspace = await scene.workspace();
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  await previewOf([scene.folder]);
  await workspace.page.click("#preview-cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
});

/** Says to the engine host what a page of another version might. */
const tellHost = (...messages: object[]) =>
  workspace.page.evaluate(async (said) => {
    const channel = new BroadcastChannel("uploads");
    const uploadId = await new Promise((resolve) => {
      channel.onmessage = ({ data }) => {
        if (data.type === "upload.state") resolve(data.state.uploadId);
      };
      channel.postMessage({ to: "host", type: "uploads.query" });
    });
    for (const message of said) channel.postMessage({ to: "host", uploadId, ...message });
    channel.close();
  }, messages);

it("sends nothing when the host cannot read the choice of files, and says so", async () => {
  await scene.write({ "z.bin": bytes(30_000, 9501), "z.tmp": bytes(30_000, 9502) });
  const before = await scene.objects();
  await previewOf([scene.folder]);
  await tellHost(
    { type: "upload.select", patterns: { include: [], exclude: ["[x"] } },
    { type: "upload.send" },
  );
  await workspace.page.waitForSelector("#preview-refusal:not([hidden])");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await workspace.page.$eval("body", ({ dataset }) => dataset.state)).toBe("preview");
  expect(await scene.objects()).toEqual(before);
  expect(await wrongIn(workspace.page)).toEqual([]);
  await type("exclude", "z[.]tmp");
  await leftOut(1);
  await workspace.page.waitForSelector("#preview-refusal[hidden]");
  const end = await workspace.endAfter(() => workspace.page.click("#preview-upload"), UPLOAD_LIMIT_MS);
  expect(end).toBe("complete");
  expect((await workspace.result()).files).toBe(1);
});

it.skipIf(isFirefox)(
  "sends nothing while nobody can check the patterns: Firefox's driver takes no module away",
  async () => {
    await scene.write({ "u.bin": bytes(30_000, 9601) });
    const before = await scene.objects();
    const { page } = workspace;
    const { identifier } = await page.evaluateOnNewDocument(() => {
      const fail = () => Promise.reject(new Error("no room"));
      Object.assign(WebAssembly, { instantiate: fail, instantiateStreaming: fail, compileStreaming: fail });
    });
    await page.reload();
    await page.waitForSelector("body:not([data-state=loading])");
    await previewOf([scene.folder]);
    await type("exclude", "*.bin");
    await page.click("#preview-upload");
    await page.waitForFunction(() => document.querySelector("#preview-exclude-error")?.textContent !== "");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await page.$eval("body", ({ dataset }) => dataset.state)).toBe("preview");
    expect(await scene.objects()).toEqual(before);
    await page.removeScriptToEvaluateOnNewDocument(identifier);
    await page.click("#preview-cancel");
    await page.waitForSelector("body[data-state=cancelled]");
    await page.reload();
    await page.waitForSelector("body:not([data-state=loading])");
  },
);

/** How many earlier uploads the page shows. */
const earlier = () => workspace.page.$$eval("#history > li", ({ length }) => length);

it("shows on every page what one page has chosen", async () => {
  await scene.write({ "v,1.bin": bytes(30_000, 9701), "v1.bin": bytes(30_000, 9702) });
  const second = await scene.workspace();
  await second.lookAtPreviews();
  await workspace.page.bringToFront();
  await previewOf([scene.folder]);
  await type("exclude", "v[,]1.bin, *.tmp");
  await leftOut(1);
  const shown = () => second.page.$eval("#preview-exclude", (area) => (area as HTMLTextAreaElement).value);
  await expect.poll(shown, { timeout: PATIENCE_MS }).toBe("v[,]1.bin\n*.tmp");
  await second.page.bringToFront();
  const known = await earlier();
  const end = await second.endAfter(() => second.page.click("#preview-upload"), UPLOAD_LIMIT_MS);
  expect(end).toBe("complete");
  expect((await second.result()).files).toBe(1);
  await second.page.close();
  await workspace.page.bringToFront();
  await expect.poll(earlier, { timeout: PATIENCE_MS }).toBe(known + 1);
});

it("leaves nothing behind when it is cancelled, and is not called an upload", async () => {
  await scene.write({ "x.bin": bytes(30_000, 9301) });
  const before = await scene.objects();
  const { page } = workspace;
  const uploads = await earlier();
  await previewOf([scene.folder]);
  const end = await workspace.endAfter(() => workspace.page.click("#preview-cancel"), UPLOAD_LIMIT_MS);
  expect(end).toBe("cancelled");
  expect(await scene.objects()).toEqual(before);
  expect(await page.$eval("#headline", ({ textContent }) => textContent)).toBe(
    "Nothing of shot_010 was sent",
  );
  const isShown = (selector: string) => page.$eval(selector, (element) => element.checkVisibility());
  expect(await isShown("#what-stays")).toBe(false);
  expect(await isShown("#downloads")).toBe(false);
  expect(await wrongIn(page)).toEqual([]);
  await page.reload();
  await page.waitForSelector("body[data-state=cancelled]");
  await expect.poll(earlier, { timeout: PATIENCE_MS }).toBe(uploads);
});

/** Firefox: the same search as in Chromium, of what the extension's origin keeps and of the browser's folder. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FirefoxExtension } from "../browser/firefox-extension.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "../e2e/scene.ts";
import { formsBelow, formsIn } from "./secret-forms.ts";
import { readStores } from "./stores.ts";

let scene: Scene;
let secrets: Record<string, string>;
const planted = { mark: `mark-${randomBytes(20).toString("hex")}` };
beforeAll(async () => {
  scene = await Scene.open();
  secrets = { key: scene.store.secretKey };
  await scene.write({ "a.bin": bytes(100_000, 8001) });
  const workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
});
afterAll(() => scene?.close());

it("only the memory of the browser session holds the secret", async () => {
  const page = await scene.browser.openPage("options/options.html");
  const { session = "", ...others } = await page.evaluate(readStores);
  expect(formsIn(Buffer.from(session), secrets)).toEqual(["key (UTF-8)"]);
  expect(others.local).toContain("job-attachments");
  expect(others.IndexedDB).toContain("a.bin");
  for (const [place, text] of Object.entries(others))
    expect(formsIn(Buffer.from(text), secrets), place).toEqual([]);
  await page.close();
});

it("nothing of it is on disk", async () => {
  if (!(scene.browser instanceof FirefoxExtension)) throw new Error("This is about Firefox.");
  const page = await scene.browser.openPage("popup/popup.html");
  await page.evaluate((mark: string) => chrome.storage.local.set({ mark }), planted.mark);
  // Firefox writes it a moment later.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const { folder } = scene.browser.firefox;
  expect(await formsBelow(folder, planted)).not.toEqual([]);
  expect(await formsBelow(folder, secrets)).toEqual([]);
});

/** Firefox: the same search as in Chromium, of what the extension's origin keeps and of the browser's folder. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "../e2e/scene.ts";
import { planted, plantKeys } from "./planted.ts";
import { formsBelow, formsIn, partedBy } from "./secret-forms.ts";
import { readStores } from "./stores.ts";

let scene: Scene;
let secrets: Record<string, string>;
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

it("nothing of it is on disk once the browser is closed", async () => {
  await plantKeys(await scene.browser.openPage("popup/popup.html"));
  let found: string[] = [];
  await scene.browser.close(async (profile) => {
    found = await formsBelow(profile, { ...secrets, ...planted });
  });
  const { these, others } = partedBy(found, Object.keys(planted));
  expect(these).not.toEqual([]);
  expect(others).toEqual([]);
});

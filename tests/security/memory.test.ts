/**
 * After *Forget credentials* no context of the extension holds a byte of them: neither its heap, nor its buffers, nor the
 * memory of its WASM module. What this cannot see is in docs/security.md.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ExtensionBrowser } from "../browser/chromium.ts";
import { chromiumOf } from "../browser/extension-browser.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { bytes } from "../e2e/scene.ts";
import { type Stage, setStage, signal, until } from "../e2e/stage.ts";
import { LOOK_LIMIT_MS, lookEverywhere } from "./everywhere.ts";

let stage: Stage;
let browser: ExtensionBrowser;
let secrets: Record<string, string>;
beforeAll(async () => {
  stage = await setStage();
  browser = chromiumOf(stage.browser);
  secrets = {
    key: stage.store.secretKey,
    otherKey: `other-${randomBytes(18).toString("hex")}`,
    token: `token-${randomBytes(40).toString("hex")}`,
  };
});
afterAll(() => stage?.close());

it("forgotten credentials are in no memory of the extension that can be looked at", {
  timeout: LOOK_LIMIT_MS,
}, async () => {
  const folder = await stage.folder("shot", { "a.bin": bytes(3_000_000, Date.now() & 0xffff) });
  const other = {
    accessKeyId: "ASIAUNKNOWNUNKNOWN00",
    secretAccessKey: secrets.otherKey ?? "",
    sessionToken: secrets.token ?? "",
  };
  await stage.prepare(folder, {}, other);
  const workspace = await stage.openWorkspace();
  // Signed with a token, refused by the server.
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const options = await OptionsPage.open(browser);
  expect((await options.savePasted(pastedJson(other, Date.now() + 3_600_000))).state).toBe("saved");
  expect((await options.saveCredentials(stage.credentials)).state).toBe("saved");
  await browser.openPage("popup/popup.html");
  await browser.openPage("panel/panel.html");

  const hold = signal();
  stage.gate.rule = (method) => (method === "PUT" ? hold.done : undefined);
  const ended = workspace.dropAndWait([folder], LOOK_LIMIT_MS);
  await until(() => stage.gate.seen.some((line) => line.startsWith("PUT")));
  // The search finds what is there: in the middle of an upload the signer holds the key.
  const during = await lookEverywhere(browser, secrets);
  expect(during.found).toContain("WASM memory of background/background.js: key (UTF-8)");
  expect(during.names).toContain("hash-worker.js");
  hold.fire();
  await workspace.page.bringToFront();
  expect(await ended).toBe("complete");

  await options.page.bringToFront();
  await options.page.click("#forget-credentials");
  await options.page.waitForSelector("#forget-credentials", { hidden: true });
  const after = await lookEverywhere(browser, secrets);
  for (const part of [
    "background.js",
    "offscreen.html",
    "workspace.html",
    "options.html",
    "popup.html",
    "panel.html",
  ])
    expect(
      after.names.some((name) => name.endsWith(part)),
      part,
    ).toBe(true);
  expect(after.bytes).toBeGreaterThan(5_000_000);
  expect(after.found).toEqual([]);
});

/**
 * After *Forget credentials* no context of the extension holds a byte of them: neither its heap, nor its buffers, nor the
 * memory of its WASM module. What this cannot see is in docs/security.md.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ExtensionBrowser } from "../browser/chromium.ts";
import { chromiumOf } from "../browser/extension-browser.ts";
import { buffersOf, type Context, contextsBelow, heapOf, wasmOf } from "../browser/memory.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { bytes } from "../e2e/scene.ts";
import { type Stage, setStage, signal, until } from "../e2e/stage.ts";
import { formsIn } from "./secret-forms.ts";

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

const root = () => `chrome-extension://${browser.extensionId}/`;

/** Characters of a piece of a secret: too many to be met by chance. */
const PIECE = 16;

/** Pieces of secrets: what is left of a text where an allocator has put something of its own over its beginning. */
function piecesIn(memory: Buffer): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const starts = Array.from({ length: secret.length - PIECE }, (_, at) => at);
    const at = starts.find((start) => memory.includes(secret.slice(start, start + PIECE)));
    return at === undefined ? [] : [`${name} from its character ${at}`];
  });
}

/** Which secret lies where, in which form. */
async function lookEverywhere(): Promise<{ names: string[]; found: string[]; bytes: number }> {
  const contexts = await contextsBelow(browser.browser, root());
  const found: string[] = [];
  let bytes = 0;
  // The heaps first: to read the buffers makes texts of them.
  for (const [what, read] of [
    ["heap", heapOf],
    ["WASM memory", wasmOf],
    ["buffer", buffersOf],
  ] as [string, (context: Context) => Promise<Buffer>][])
    for (const context of contexts) {
      const memory = await read(context);
      bytes += memory.length;
      for (const form of [...formsIn(memory, secrets), ...piecesIn(memory)])
        found.push(`${what} of ${context.name}: ${form}`);
    }
  return { names: contexts.map(({ name }) => name), found, bytes };
}

it("forgotten credentials are in no memory of the extension that can be looked at", async () => {
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
  const ended = workspace.dropAndWait([folder], 60_000);
  await until(() => stage.gate.seen.some((line) => line.startsWith("PUT")));
  // The search finds what is there: in the middle of an upload the signer holds the key.
  const during = await lookEverywhere();
  expect(during.found).toContain("WASM memory of background/background.js: key (UTF-8)");
  expect(during.names).toContain("hash-worker.js");
  hold.fire();
  await workspace.page.bringToFront();
  expect(await ended).toBe("complete");

  await options.page.bringToFront();
  await options.page.click("#forget-credentials");
  await options.page.waitForSelector("#forget-credentials", { hidden: true });
  const after = await lookEverywhere();
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

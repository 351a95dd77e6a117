/** Access to a host is kept as long as something needs it, and no longer: an upload that runs, a site with the page drop zone. */

import { afterEach, expect, it } from "vitest";
import { accessTo, isFirefox } from "../browser/extension-browser.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

/** Every port of the host of the gate. */
const SITE = "http://127.0.0.1/*";

let stage: Stage | undefined;
afterEach(() => stage?.close());

/** Sends a message as the options page, or as the popup. */
async function ask({ browser }: Stage, page: "options/options.html" | "popup/popup.html", message: object) {
  const ours = await browser.openPage(page);
  const reply = await ours.evaluate((one) => chrome.runtime.sendMessage(one), message);
  await ours.close();
  return reply.value;
}

async function granted({ browser }: Stage): Promise<string[]> {
  const worker = await browser.background();
  const { origins = [] } = await worker.evaluate(() => chrome.permissions.getAll());
  return origins.sort();
}

/** Deletes the profile while an upload by it is held up, and lets it complete. `meanwhile` sees it without its profile. */
async function uploadWithoutProfile(on: Stage, seed: number, meanwhile: () => Promise<void>): Promise<void> {
  await on.prepare(await on.folder("shot", {}));
  const hold = signal();
  on.gate.rule = (method) => (method === "PUT" ? hold.done : undefined);
  const workspace = await on.openWorkspace();
  await workspace.drop([
    await on.folder("shot", { "a.bin": bytes(5000, seed), "b.bin": bytes(9000, seed + 1) }),
  ]);
  await until(() => on.gate.seen.some((line) => line.startsWith("PUT")));
  const { profileId } = await ask(on, "options/options.html", { type: "status.get" });
  await ask(on, "options/options.html", { type: "profile.delete", profileId });
  await meanwhile();
  hold.fire();
  await workspace.page.waitForSelector("body[data-state=complete]", { timeout: 60_000 });
  expect((await workspace.result()).objectsWritten).toBe(2);
  await workspace.page.close();
}

it("outlives the profile for an upload that runs, and is given back after it", async () => {
  stage = await setStage();
  const on = stage;
  const host = accessTo(on.gate.origin);
  await uploadWithoutProfile(on, 7100, async () => expect(await granted(on)).toEqual([host]));
  await until(async () => (await granted(on)).length === 0);
});

it.skipIf(isFirefox)(
  "stays for a site with the page drop zone, on another port, which Firefox does not tell apart, and goes with it",
  async () => {
    stage = await setStage({}, [new URL(SITE).origin]);
    const on = stage;
    const host = `${on.gate.origin}/*`;
    const address = `${new URL(SITE).origin}/jobs`;
    expect(await ask(on, "popup/popup.html", { type: "dropSites.enable", address })).toEqual([SITE]);
    await uploadWithoutProfile(on, 7200, async () => expect(await granted(on)).toContain(host));
    await until(async () => !(await granted(on)).includes(host));
    expect(await granted(on)).toEqual([SITE]);
    expect(await ask(on, "popup/popup.html", { type: "dropSites.get" })).toEqual([SITE]);
    await ask(on, "popup/popup.html", { type: "dropSites.remove", site: SITE });
    expect(await granted(on)).toEqual([]);
  },
);

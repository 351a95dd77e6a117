/** What counts as use of the extension: what a person does, not what pages do by themselves. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import { Scene } from "./scene.ts";
import { until, wake } from "./stage.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());

/** So long ago that the next use is noted, and not so long that anything is wiped. */
const A_WHILE = 10 * 60_000;

it("is no use when open pages look again because there is news, and is when a person opens one", async () => {
  const options = await OptionsPage.open(scene.browser);
  const workspace = await scene.browser.openPage("workspace/workspace.html");
  const popup = await scene.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#sign-in[data-signed-in=true]");
  // A background that was just started has noted no use yet.
  await scene.browser.stopBackground();
  const lastUse = () =>
    options.page.evaluate(async () => (await chrome.storage.session.get("lastUse")).lastUse as number);
  await wake(popup, { type: "status.get", unasked: true });
  const worker = await scene.browser.background();
  await worker.evaluate(() => {
    const all = globalThis as unknown as { asking: string[] };
    all.asking = [];
    chrome.runtime.onMessage.addListener((message, { url = "" }) => {
      if (message.type === "status.get") all.asking.push(new URL(url).pathname);
    });
  });
  const asking = () => worker.evaluate(() => (globalThis as unknown as { asking: string[] }).asking);
  const before = Date.now() - A_WHILE;
  await options.page.evaluate((time) => chrome.storage.session.set({ lastUse: time }), before);
  // What a queue gave ends, which is news.
  await options.page.evaluate(async () => {
    const expires = Date.now() - 1;
    await chrome.storage.session.set({ "secret-queue of nobody": { keys: { expires } } });
    await chrome.alarms.create("vault", { when: Date.now() });
  });
  const held = () => options.page.evaluate(async () => Object.keys(await chrome.storage.session.get(null)));
  await until(async () => !(await held()).includes("secret-queue of nobody"), 60_000);
  await until(async () => new Set(await asking()).size === 3);
  // Whatever they asked for is done before this one is answered.
  await popup.evaluate(() => chrome.runtime.sendMessage({ type: "status.get", unasked: true }));
  expect(await lastUse()).toBe(before);

  await popup.reload();
  await popup.waitForSelector("#sign-in[data-signed-in=true]");
  await until(async () => (await lastUse()) > Date.now() - 60_000);
  await Promise.all([options.page, workspace, popup].map((page) => page.close()));
});

/** What holds an upload up without ending it: a person, credentials, the network. It goes on where it was. */

import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { OptionsPage } from "../browser/options-page.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { s3Error } from "../faults/gate.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
let workspace: WorkspacePage;
let seed = 500;
beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => workspace?.page.close());
afterAll(() => stage?.close());

/** Drops a folder of two files that the store has never seen. */
async function dropFresh(): Promise<void> {
  seed += 2;
  const folder = await stage.folder("shot", { "a.bin": bytes(5000, seed), "b.bin": bytes(5000, seed + 1) });
  const { rule } = stage.gate;
  await stage.prepare(folder);
  stage.gate.rule = rule;
  workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
}

const complete = () => workspace.page.waitForSelector("body[data-state=complete]", { timeout: 60_000 });
const press = async (selector: string) => {
  await workspace.page.waitForSelector(selector, { visible: true });
  await workspace.page.click(selector);
};
const announced = () => workspace.page.$eval("#announcer", (element) => element.textContent);
const isPut = (line: string) => line.startsWith("PUT");

it("is paused and goes on, from the workspace", async () => {
  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
  await dropFresh();
  await until(() => stage.gate.seen.length > 0);
  await press("#pause");
  expect(await workspace.waiting()).toMatch(/^Paused\. Nothing is read or sent/);
  expect(await announced()).toContain("Paused.");
  expect(await workspace.page.title()).toBe("Paused · shot");
  hold.fire();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(stage.gate.seen.filter(isPut)).toEqual([]);
  expect(await workspace.state()).toBe("running");

  await press("#pause");
  await complete();
  expect((await workspace.result()).objectsWritten).toBe(2);
});

it("is paused in one page and goes on from another", async () => {
  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
  await dropFresh();
  await until(() => stage.gate.seen.length > 0);
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#running:not([hidden])");
  await popup.click("#pause");
  await popup.waitForFunction(() => document.querySelector("#running-text")?.textContent === "Paused");
  hold.fire();
  await workspace.page.bringToFront();
  await workspace.waiting();
  await press("#pause");
  await complete();
  await popup.close();
});

it("is cancelled while it is paused", async () => {
  const hold = signal();
  stage.gate.rule = () => hold.done;
  await dropFresh();
  await until(() => stage.gate.seen.length > 0);
  await press("#pause");
  await workspace.waiting();
  await press("#cancel");
  await workspace.page.waitForSelector("body[data-state=cancelled]");
  hold.fire();
});

it("waits for new credentials when the old ones have expired, and sends nothing twice", async () => {
  let areExpired = true;
  stage.gate.rule = (_, path) =>
    areExpired && path.includes("/Manifests/") ? s3Error(400, "ExpiredToken") : undefined;
  await dropFresh();
  expect(await workspace.waiting()).toContain(
    "Waiting for new credentials. The credentials have expired. Enter new ones: the upload then goes on where it is.",
  );
  expect(await announced()).toContain("Waiting for new credentials.");
  const before = stage.gate.seen.length;
  areExpired = false;

  await press("#waiting-options");
  await (await stage.browser.opened("/options.html")).close();
  const options = await OptionsPage.open(stage.browser);
  expect(stage.gate.seen.slice(before)).toEqual([]);
  expect((await options.saveCredentials(stage.credentials)).state).toBe("saved");
  await options.page.close();

  await workspace.page.bringToFront();
  await complete();
  expect((await workspace.result()).objectsWritten).toBe(2);
  expect(stage.gate.seen.slice(before).filter((line) => line.includes("/Data/"))).toEqual([]);
});

it("waits when the credentials are forgotten in the middle of it", async () => {
  const hold = signal();
  stage.gate.rule = (method) => (method === "HEAD" ? hold.done : undefined);
  await dropFresh();
  await until(() => stage.gate.seen.length > 0);
  const options = await OptionsPage.open(stage.browser);
  await options.page.click("#forget-credentials");
  await options.page.waitForSelector("#credentials-message[data-state=saved]");
  hold.fire();
  await workspace.page.bringToFront();
  expect(await workspace.waiting()).toContain("There are no credentials for this browser session.");
  await options.page.bringToFront();
  await options.saveCredentials(stage.credentials);
  await options.page.close();
  await workspace.page.bringToFront();
  await complete();
});

it("waits for a network that is gone, and goes on by itself", async () => {
  let isGone = false;
  stage.gate.rule = (method) => {
    if (method === "PUT" || isGone) {
      isGone = true;
      return "hang-up";
    }
    return undefined;
  };
  await dropFresh();
  const said = await workspace.waiting();
  expect(said).toContain(`No answer from ${new URL(stage.gate.origin).host}, trying again.`);
  stage.gate.rule = () => undefined;
  await complete();
  expect((await workspace.result()).objectsWritten).toBe(2);
});

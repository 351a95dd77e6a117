/** A server that takes a request and never answers it. */

import { afterAll, beforeAll, expect, it } from "vitest";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

/** Moves the engine host's clock on, so that nobody has to wait for the time limit. */
async function passTime(milliseconds: number): Promise<void> {
  const host = await stage.browser.engineHost();
  await host.evaluate((more) => {
    const real = performance.now.bind(performance);
    performance.now = () => real() + more;
  }, milliseconds);
}

it("is asked again after the time limit, and the upload completes", async () => {
  const folder = await stage.folder("silent", { "a.bin": bytes(1000, 71), "b.bin": bytes(1000, 72) });
  await stage.prepare(folder);
  const never = signal();
  const hold = signal();
  let unanswered = "";
  stage.gate.rule = (method, path) => {
    if (method === "PUT") return hold.done;
    if (unanswered !== "") return undefined;
    unanswered = `${method} ${path}`;
    return never.done;
  };
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.some((line) => line.startsWith("PUT")));
  await passTime(31_000);
  hold.fire();
  await workspace.page.waitForSelector("body[data-state=complete]", { timeout: 20_000 });
  expect((await workspace.result()).objectsWritten).toBe(2);
  expect(stage.gate.seen.filter((line) => line === unanswered)).toHaveLength(2);
  await workspace.page.close();
});

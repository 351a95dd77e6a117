/** Firefox stops an event page that looks idle after 30 s: not in the middle of an upload. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import type { FirefoxExtension } from "../browser/firefox-extension.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, until } from "./stage.ts";

/** Seconds that the upload takes. */
const SECONDS = 600;
const BYTES_PER_SECOND = 100_000;
/** Each of the files takes a while, none so long that it seems stuck. */
const FILE_BYTES = 1_000_000;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

it.runIf(isFirefox)(
  "an upload of ten minutes goes on while every page of the extension is closed",
  { timeout: 2 * SECONDS * 1000 },
  async () => {
    const { gate, bucket } = stage;
    const firefox = stage.browser as unknown as FirefoxExtension;
    const count = (SECONDS * BYTES_PER_SECOND) / FILE_BYTES;
    const files = Array.from({ length: count }, (_, n) => [
      `cache.${n}.vdb`,
      bytes(FILE_BYTES, Date.now() + n),
    ]);
    const folder = await stage.folder("slow", Object.fromEntries(files));
    await stage.prepare(folder);
    const before = await stage.manifests();
    gate.bytesPerSecond = BYTES_PER_SECOND;
    const started = Date.now();
    const workspace = await stage.openWorkspace();
    await workspace.drop([folder]);
    await until(() => gate.seen.some((line) => line.startsWith("PUT")));
    await workspace.page.waitForFunction(
      () => !document.querySelector("#tab-advice")?.textContent?.includes("open"),
    );
    await workspace.page.close();

    const hasManifest = async () => (await stage.manifests()).length > before.length;
    const states = new Set<string>();
    while (!(await hasManifest()) && Date.now() - started < 1.5 * SECONDS * 1000) {
      states.add(await firefox.backgroundState());
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    const seconds = (Date.now() - started) / 1000;
    console.log(`The upload took ${Math.round(seconds)} s.`);
    expect([...states]).toEqual(["running"]);
    expect(await hasManifest()).toBe(true);
    expect(seconds).toBeGreaterThan(0.9 * SECONDS);
    expect((await bucket.list(`${stage.store.rootPrefix}/Data/`)).size).toBeGreaterThan(0);

    // What is not busy any more may be stopped.
    await until(async () => (await firefox.backgroundState()) === "stopped", 60_000);
  },
);

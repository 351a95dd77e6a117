/** Parts of the browser that end in the middle of an upload. No debugger is attached to the service worker. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { until, wake } from "../e2e/stage.ts";
import { partsStored, Rig, UPLOAD_LIMIT_MS } from "./rig.ts";

const MIB = 1 << 20;
/** Requests under way at once, at most (`REQUESTS_PER_HOST`): the lanes. */
const LANES = 6;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open({ leavesWorkersAlone: true });
});
afterAll(() => rig?.close());

/** Service workers of the extension that run now. */
async function runningWorkers(): Promise<number> {
  const session = await rig.browser.browser.target().createCDPSession();
  const { targetInfos } = await session.send("Target.getTargets");
  await session.detach();
  const ours = targetInfos.filter(
    ({ type, url, attached }) =>
      type === "service_worker" && url.includes(rig.browser.extensionId) && !attached,
  );
  return ours.length;
}

async function stopWorkers(page: Page): Promise<void> {
  const session = await page.createCDPSession();
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await session.detach();
}

/** How often parts were sent again that had been confirmed. */
function sentAgain(confirmed: readonly string[], later: readonly string[]): string[] {
  return later.filter((part) => confirmed.includes(part));
}

it("the service worker is killed every second, and everything arrives", async () => {
  const folder = await rig.shot();
  const before = await rig.look();
  // Long enough, and with requests to be signed all the time.
  await rig.inject({ when: { key: "/Data/" }, times: "always", fault: { kind: "delay", ms: 1000 } });
  const workspace = await rig.workspace();
  await workspace.drop([folder]);
  let killed = 0;
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const state = await workspace.state();
    if (["complete", "failed", "cancelled"].includes(state)) return true;
    // It works again before it is killed again.
    await wake(workspace.page, { type: "status.get", unasked: true });
    killed += await runningWorkers();
    await stopWorkers(workspace.page);
    return false;
  }, UPLOAD_LIMIT_MS);
  expect(await workspace.problems()).toEqual([]);
  expect(await workspace.state()).toBe("complete");
  console.log(`The service worker was running and was killed ${killed} times.`);
  expect(killed).toBeGreaterThanOrEqual(5);
  await rig.gateway.reset();
  expect(await rig.judge(workspace, folder, before)).toEqual([]);
  await workspace.page.close();
});

it("the workspace tab is closed, the upload goes on, and the popup shows it to its end", async () => {
  const folder = await rig.shot();
  const before = await rig.look();
  await rig.inject();
  await rig.gateway.set({ bytesPerSecond: 2 * MIB });
  const first = await rig.workspace();
  await first.drop([folder]);
  await rig.seen(({ operation }) => operation === "UploadPart");
  await first.page.waitForFunction(
    () => !document.querySelector("#tab-advice")?.textContent?.includes("open"),
  );
  await first.page.close();
  const popup = await rig.browser.openPage("popup/popup.html");
  await popup.waitForSelector("#running:not([hidden])");
  await rig.gateway.set({});
  await popup.waitForSelector("#running[hidden]", { timeout: UPLOAD_LIMIT_MS });
  await popup.waitForSelector("#last:not([hidden])");
  await popup.close();
  const second = await rig.workspace();
  await second.page.waitForSelector("body[data-state=complete]");
  expect(await rig.judge(second, folder, before)).toEqual([]);
  await second.page.close();
});

it("the offscreen document is closed, the workspace says so, and the next drop goes on", async () => {
  const folder = await rig.largeShot(160 * MIB);
  const before = await rig.look();
  await rig.inject();
  await rig.gateway.set({ bytesPerSecond: 20 * MIB });
  const workspace = await rig.workspace();
  await workspace.drop([folder]);
  await until(async () => partsStored(await rig.gateway.log()).length >= 3);
  await workspace.page.evaluate(() => chrome.offscreen.closeDocument());
  const confirmed = partsStored(await rig.gateway.log());
  await rig.gateway.set({});
  await workspace.page.waitForSelector("body[data-state=failed]", { timeout: 60_000 });
  const [problem] = await workspace.problems();
  expect(problem?.text).toContain("The part of the extension that sends files has stopped.");
  expect(await rig.newManifests(before)).toEqual([]);

  await rig.gateway.clearLog();
  const between = await rig.look();
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const again = sentAgain(confirmed, partsStored(await rig.gateway.log()));
  expect(again.length).toBeLessThanOrEqual(LANES);
  expect(await rig.judge(workspace, folder, between)).toEqual([]);
  expect(await rig.audit(before)).toEqual([]);
  await workspace.page.close();
});

it("the browser is killed in the middle of 1 GiB, and after its restart at most a part for each lane is sent again", async () => {
  const folder = await rig.largeShot(1024 * MIB);
  const before = await rig.look();
  await rig.inject();
  await rig.gateway.set({ bytesPerSecond: 50 * MIB });
  const first = await rig.workspace();
  await first.drop([folder]);
  await until(async () => partsStored(await rig.gateway.log()).length >= 24, 60_000);
  rig.browser = await rig.browser.crash();
  const confirmed = partsStored(await rig.gateway.log());
  expect(confirmed.length).toBeLessThan(64);
  await rig.gateway.set({});
  await rig.renewCredentials();
  const second = await rig.workspace();
  // The browser's question whether it may be read again cannot be answered headless: the folder is dropped instead.
  const offered = await second.page.waitForSelector("#continue-upload", { visible: true });
  expect(await offered?.evaluate((element) => element.textContent)).toMatch(/^Continue shot_/);

  await rig.gateway.clearLog();
  const between = await rig.look();
  expect(await second.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const later = partsStored(await rig.gateway.log());
  const again = sentAgain(confirmed, later);
  console.log(
    `Confirmed before the kill: ${confirmed.length} of 64 parts; sent afterwards: ${later.length}, of them again: ${again.length}.`,
  );
  expect(again.length).toBeLessThanOrEqual(LANES);
  expect(later.length).toBeLessThanOrEqual(64 - confirmed.length + LANES);
  expect(await rig.judge(second, folder, between)).toEqual([]);
  expect(await rig.audit(before)).toEqual([]);
  await second.page.close();
});

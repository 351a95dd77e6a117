/**
 * Every surface in every state, in a language that nobody speaks: what is not in its brackets is not translated. Its
 * texts are longer than English ones, and each state is also laid out from right to left and on a screen with half and a
 * quarter of the room, as at 200 % and 400 % zoom: nothing may have to be scrolled sideways.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ExtensionBrowser } from "../browser/chromium.ts";
import { deny } from "../browser/deny.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { literalsOn, pseudo, speakPseudo } from "../browser/pseudo-locale.ts";
import { profileFor } from "../browser/ready-browser.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { s3Error } from "../faults/gate.ts";
import type { StandIn } from "../stand-in/client.ts";
import { everyAccountState, openAccounts } from "./account-states.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

/** Where somebody wants to look at the pages. */
const { SCREENSHOTS } = process.env;

let stage: Stage;
let accounts: StandIn;
beforeAll(async () => {
  accounts = await openAccounts();
  stage = await setStage({ change: speakPseudo }, [accounts.origin]);
});
afterAll(async () => {
  await stage?.close();
  await accounts?.close();
});

const surfaces = ["workspace/workspace.html", "popup/popup.html", "options/options.html"];
let seed = 0;
let shots = 0;

async function freshFolder(files: Record<string, Uint8Array> = {}): Promise<string> {
  seed += 1;
  return stage.folder("shot", { "a.txt": bytes(1000, 9700 + seed), ...files });
}

/** Widths in CSS pixels: a tab on a common screen, and at 200 % and 400 % zoom; a popup, and at 200 % zoom. */
const widthsOf = (page: Page) => (page.url().includes("/popup/") ? [400, 360] : [1280, 640, 320]);

/** What is wrong with the page as it is now. */
async function wrongOn(page: Page): Promise<string[]> {
  await page.bringToFront();
  return [...(await literalsOn(page)), ...(await badlyLaidOut(page))];
}

/** What must be scrolled sideways in either direction of writing. */
async function badlyLaidOut(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  for (const dir of ["ltr", "rtl"]) {
    await page.evaluate((wanted) => {
      document.documentElement.dir = wanted;
    }, dir);
    for (const width of widthsOf(page)) {
      await page.setViewport({ width, height: 700 });
      wrong.push(...(await tooWide(page)).map((what) => `${dir}, ${width} px: ${what}`));
      if (SCREENSHOTS !== undefined) {
        shots += 1;
        const state = await page.evaluate(() => document.body.dataset.state ?? "options");
        const path = join(SCREENSHOTS, `${shots}-${state}-${dir}-${width}.png`) as `${string}.png`;
        await page.screenshot({ path, fullPage: true, captureBeyondViewport: false });
      }
    }
  }
  await page.evaluate(() => {
    document.documentElement.dir = "ltr";
  });
  await page.setViewport({ width: 1280, height: 900 });
  return wrong;
}

/** What makes the page wider than its window; what scrolls by itself does not. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < -0.5 || right > clientWidth + 0.5);
    });
    return beyond.map((element) => `${element.tagName}#${element.id} is too wide`).concat("a scroll bar");
  });
}

async function popupWhere(selector: string): Promise<Page> {
  const popup = await stage.browser.openPage("popup/popup.html");
  await popup.waitForSelector(selector);
  return popup;
}

async function inState(workspace: WorkspacePage, state: string): Promise<void> {
  await workspace.page.waitForSelector(`body[data-state=${state}]`, { timeout: 60_000 });
}

it("speaks the language that nobody speaks", async () => {
  const page = await stage.browser.openPage("options/options.html");
  const button = await page.waitForSelector("#save-profile");
  expect(await button?.evaluate((element) => element.textContent)).toBe(pseudo("Save profile"));
  await page.close();
});

it("finds a literal, wherever it hides", async () => {
  const page = await stage.browser.openPage("options/options.html");
  await page.waitForNetworkIdle();
  expect(await literalsOn(page)).toEqual([]);
  await page.evaluate(() => {
    document.querySelector("h1")?.insertAdjacentHTML(
      "afterend",
      `<p id="a">Plain</p><p id="b" hidden>Hidden <code>code</code></p><p id="c" aria-label="Label" title="Title"></p>
       <input id="d" placeholder="Holder"><p id="e">[!!Begins!!] and ends</p><p><bdi>Name</bdi> <span class="path">a/b</span></p>`,
    );
    document.title = "Title";
  });
  expect(await literalsOn(page)).toEqual([
    "a: Plain",
    "b: Hidden",
    "CODE: code",
    "e: and ends",
    "title of the page: Title",
    "c aria-label: Label",
    "c title: Title",
    "d placeholder: Holder",
  ]);
  await page.close();
});

it("finds a literal that was written into the markup", async () => {
  const browser = await ExtensionBrowser.start({
    headless: true,
    async change(extension) {
      await speakPseudo(extension);
      const path = join(extension, "popup/popup.html");
      const markup = await readFile(path, "utf8");
      await writeFile(path, markup.replace('data-text="popupOpenWorkspace">', ">Open workspace"));
    },
  });
  const page = await browser.openPage("popup/popup.html");
  await page.waitForSelector("body:not([data-state=loading])");
  expect(await literalsOn(page)).toEqual(["open-workspace: Open workspace"]);
  await browser.close();
});

it.each(surfaces)("%s before there is a profile", async (path) => {
  const page = await stage.browser.openPage(path);
  await page.waitForNetworkIdle();
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it("the options with errors, and without credentials", async () => {
  const { page } = await OptionsPage.open(stage.browser);
  await page.click("#advanced summary");
  await page.type("#name", "Farm\t");
  await page.type("#assetRoot", "projects");
  await page.type("#endpoint", "http://s3.example.com/bucket");
  await page.type("#expectedBucketOwner", "1234");
  await page.type("#concurrency", "many");
  await page.click("#one-by-one summary");
  await page.type("#accessKeyId", "AKIAIOSFODNN7EXAMPLE");
  await page.click("#save-credentials");
  await page.waitForSelector("#secretAccessKey[aria-invalid=true]");
  await page.click("#save-profile");
  await page.waitForSelector("#concurrency[aria-invalid=true]");
  await page.waitForSelector("#profile-message p");
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it("the options with a pasted text that gives credentials, and with one that does not", async () => {
  const options = await OptionsPage.open(stage.browser);
  await options.paste(pastedJson(stage.credentials, Date.now() + 3_600_000));
  await options.page.waitForFunction(() => document.querySelector("#pasted-found")?.textContent !== "");
  expect(await wrongOn(options.page)).toEqual([]);
  await options.savePasted(pastedJson(stage.credentials, Date.now() + 3_600_000));
  expect(await wrongOn(options.page)).toEqual([]);
  for (const text of ["export AWS_ACCESS_KEY_ID=ASIA1", "nothing", "{"]) {
    await options.paste(text);
    await options.page.waitForSelector("#pasted[aria-invalid=true]");
    expect(await wrongOn(options.page)).toEqual([]);
  }
  const popup = await popupWhere("#session:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await options.page.close();
});

it("every surface without credentials", async () => {
  await stage.prepare(await freshFolder());
  const { page } = await OptionsPage.open(stage.browser);
  await page.click("#forget-credentials");
  await page.waitForSelector("#forget-credentials", { hidden: true });
  expect(await wrongOn(page)).toEqual([]);
  for (const path of surfaces.slice(0, 2)) {
    const lacking = await stage.browser.openPage(path);
    await lacking.waitForSelector("body[data-state=no-credentials]");
    expect(await wrongOn(lacking)).toEqual([]);
    await lacking.close();
  }
  await page.close();
});

it("every surface when the browser was not allowed to reach the bucket", async () => {
  const browser = await ExtensionBrowser.start({ headless: true, change: speakPseudo });
  const options = await OptionsPage.open(browser);
  await deny(options.page);
  await options.saveProfile(profileFor(stage.store, "/projects/shot_010"));
  expect(await wrongOn(options.page)).toEqual([]);
  for (const path of surfaces.slice(0, 2)) {
    const page = await browser.openPage(path);
    await page.waitForSelector("body[data-state=no-host-access]");
    if (path.startsWith("workspace")) {
      await deny(page);
      await page.click("#allow-access");
      await page.waitForSelector("#notice p");
    }
    expect(await wrongOn(page)).toEqual([]);
  }
  await browser.close();
});

it("every surface when all is ready", async () => {
  await stage.prepare(await freshFolder(), { bandwidthLimit: 100_000 });
  for (const path of surfaces) {
    const page = await stage.browser.openPage(path);
    await page.waitForNetworkIdle();
    expect(await wrongOn(page)).toEqual([]);
    await page.close();
  }
});

it("the options after everything was saved and cleared", async () => {
  const options = await OptionsPage.open(stage.browser);
  const { page } = options;
  await page.click("#save-profile");
  await page.waitForSelector("#profile-message[data-state=saved]");
  await options.saveCredentials({ ...stage.credentials, sessionToken: "" });
  await page.click("#clear-cache");
  await page.waitForSelector("#cache-message[data-state=saved]");
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it("workspace and popup while an upload runs, is paused, and is done with something not taken", async () => {
  const folder = await freshFolder({ "deep/b.txt": bytes(2_000_000, 9_600) });
  await stage.prepare(folder);
  const goOn = signal();
  stage.gate.rule = () => goOn.done;
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  const empty = await stage.folder("empty", {});
  await workspace.drop([folder, empty]);
  await until(() => stage.gate.seen.length > 0);
  expect(await wrongOn(page)).toEqual([]);
  const popup = await popupWhere("#running:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.bringToFront();
  await popup.click("#pause");
  await workspace.page.waitForSelector("#waiting:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  expect(await wrongOn(page)).toEqual([]);
  goOn.fire();
  await page.click("#pause");
  await inState(workspace, "complete");
  await page.waitForSelector("#not-taken li");
  await page.click("#copy-attachments");
  await page.waitForSelector("#copy-attachments[data-copied]");
  expect(await wrongOn(page)).toEqual([]);
  await popup.waitForSelector("#last:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await page.close();
});

it("workspace and popup while an upload waits for credentials, and when it is cancelled", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => s3Error(400, "ExpiredToken");
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await workspace.waiting();
  expect(await wrongOn(workspace.page)).toEqual([]);
  const popup = await popupWhere("#waiting-options:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await workspace.page.bringToFront();
  await workspace.page.click("#cancel");
  await inState(workspace, "cancelled");
  expect(await wrongOn(workspace.page)).toEqual([]);
  await popup.waitForSelector("#last:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await workspace.page.close();
});

it("the workspace while there is no network, and when the drop is refused", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = () => "hang-up";
  const workspace = await stage.openWorkspace();
  await workspace.drop([folder]);
  await workspace.waiting();
  await workspace.page.evaluate(() =>
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer() })),
  );
  await workspace.page.waitForSelector("#notice p");
  expect(await wrongOn(workspace.page)).toEqual([]);
  await workspace.page.click("#cancel");
  await inState(workspace, "cancelled");
  await workspace.page.close();
});

it("the workspace with an upload to continue", async () => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  const never = signal();
  stage.gate.rule = () => never.done;
  const workspace = await stage.openWorkspace();
  const { page } = workspace;
  await workspace.drop([folder]);
  await until(() => stage.gate.seen.length > 0);
  await stage.browser.loseHost();
  never.fire();
  await page.reload();
  await page.waitForSelector("#continue-upload", { visible: true });
  expect(await wrongOn(page)).toEqual([]);
  await page.click("#forget-upload");
  await page.waitForFunction(() => document.querySelector("#announcer p") !== null);
  expect(await wrongOn(page)).toEqual([]);
  await page.close();
});

it.each([
  ["access-denied", () => s3Error(403, "AccessDenied")],
  ["answer-unexpected", () => s3Error(418, "TeapotError")],
  ["answer-not-s3", () => ({ status: 200, headers: { "content-type": "text/html" }, body: "<html></html>" })],
])("workspace and popup when an upload has failed: %s", async (code, answer) => {
  const folder = await freshFolder();
  await stage.prepare(folder);
  stage.gate.rule = answer;
  const workspace = await stage.openWorkspace();
  expect(await workspace.dropAndWait([folder], 60_000)).toBe("failed");
  const [problem] = await workspace.problems();
  expect(problem?.code).toBe(code);
  const { page } = workspace;
  await page.focus("#files");
  await page.keyboard.press("Home");
  await page.waitForSelector("#files-detail p");
  await page.click("#history-section summary");
  expect(await wrongOn(page)).toEqual([]);
  const popup = await popupWhere("#last:not([hidden])");
  expect(await wrongOn(popup)).toEqual([]);
  await popup.close();
  await workspace.page.close();
});

it.each(["de", "en"])("real words fit as well: %s", async (language) => {
  const browser = await ExtensionBrowser.start({
    headless: true,
    async change(extension) {
      const messages = await readFile(join(extension, "_locales", language, "messages.json"));
      await writeFile(join(extension, "_locales/en/messages.json"), messages);
    },
  });
  const options = await OptionsPage.open(browser);
  await deny(options.page);
  await options.saveProfile(profileFor(stage.store, "/projects/shot_010"));
  expect(await options.page.evaluate(() => document.documentElement.lang)).toBe(
    language === "en" ? "en-US" : language,
  );
  expect(await badlyLaidOut(options.page)).toEqual([]);
  for (const path of surfaces.slice(0, 2)) {
    const page = await browser.openPage(path);
    await page.waitForSelector("body[data-state=no-host-access]");
    expect(await badlyLaidOut(page)).toEqual([]);
  }
  await browser.close();
});

it("nothing moves where the person wants no motion", async () => {
  for (const path of surfaces) {
    const page = await stage.browser.openPage(path);
    await page.waitForNetworkIdle();
    const moving = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll("*")].filter((element) => {
            const { animationName, transitionDuration } = getComputedStyle(element);
            return animationName !== "none" || /[1-9]/.test(transitionDuration);
          }).length,
      );
    expect(await moving(), "without the wish something does").toBeGreaterThan(0);
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    expect(await moving()).toBe(0);
    await page.close();
  }
});

it("the options with lists of farms and queues, and while somebody signs in", async () => {
  await stage.prepare(await freshFolder());
  await everyAccountState(stage, accounts, async (page) => expect(await wrongOn(page)).toEqual([]));
});

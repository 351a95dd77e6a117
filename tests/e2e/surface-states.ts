/**
 * Every surface in every state that it can be in, one after the other: for those who look at each of them (axe, the
 * pseudo-locale, the pictures of the documentation). A new state is written here once.
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { Frame, Page } from "puppeteer-core";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import type { ChromiumOptions } from "../browser/chromium.ts";
import { deny } from "../browser/deny.ts";
import { isFirefox, startExtension } from "../browser/extension-browser.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { armedOverlay, Drag, staysLong } from "../browser/page-drop.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { Site } from "../browser/site.ts";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { s3Error } from "../faults/gate.ts";
import type { StandIn } from "../stand-in/client.ts";
import { everyAccountState, openAccounts } from "./account-states.ts";
import { bytes } from "./scene.ts";
import { type Stage, setStage, signal, until } from "./stage.ts";

/** Looks at a page that is in the state with this name, or at a frame in it. */
export type Look = (page: Page, name: string, frame?: Frame) => Promise<void>;

/** Brings surfaces into some states, and calls `look` in each of them. */
type Visit = (theatre: Theatre, look: Look) => Promise<void>;

const PAGES = {
  workspace: "workspace/workspace.html",
  popup: "popup/popup.html",
  panel: "panel/panel.html",
  options: "options/options.html",
} as const;
type Surface = keyof typeof PAGES;
/** Those that show an upload. */
const UPLOAD_SURFACES = ["workspace", "popup", "panel"] as const;

/** What the states are made with. */
export class Theatre {
  private constructor(
    readonly stage: Stage,
    readonly accounts: StandIn,
    readonly site: Site,
    readonly change: ChromiumOptions["change"],
  ) {}

  /** With `change` made to the extension before it is installed. */
  static async open(change?: ChromiumOptions["change"]): Promise<Theatre> {
    const accounts = await openAccounts();
    const site = await Site.open("<title>Farm monitor</title><h1>Jobs</h1>");
    const stage = await setStage(change ? { change } : {}, [accounts.origin, "http://localhost"]);
    return new Theatre(stage, accounts, site, change);
  }

  async close(): Promise<void> {
    await this.stage.close();
    this.site.close();
    await this.accounts.close();
  }

  /** A shot as an artist has one, with contents that no store holds yet. */
  async shot(): Promise<string> {
    const seed = randomInt(2 ** 31);
    const sizes: Record<string, number> = {
      "scenes/shot_010.ma": 90_000,
      "textures/brick_albedo.exr": 400_000,
      "textures/brick_normal.exr": 400_000,
      "textures/glass_roughness.exr": 150_000,
      "cache/smoke.0001.vdb": 250_000,
      "cache/smoke.0002.vdb": 260_000,
    };
    const files = Object.entries(sizes).map(([path, size], at) => [path, bytes(size, seed + at)]);
    return this.stage.folder("shot_010", Object.fromEntries(files));
  }

  /** A fresh shot, and a profile for it. */
  async prepared(changes: Partial<ProfileFields> = {}): Promise<string> {
    const folder = await this.shot();
    await this.stage.prepare(folder, { name: "Studio farm", assetRoot: "/projects/feature", ...changes });
    return folder;
  }

  /** Opens the surface, and waits until it shows this. */
  async opened(surface: Surface, selector: string): Promise<Page> {
    const page = await this.stage.browser.openPage(PAGES[surface]);
    await page.waitForSelector(selector);
    return page;
  }

  /** Opens each of the surfaces, looks, and closes it. */
  async each(surfaces: readonly Surface[], state: string, selector: string, look: Look): Promise<void> {
    for (const surface of surfaces) {
      const page = await this.opened(surface, selector);
      await look(page, `${surface}-${state}`);
      await page.close();
    }
  }
}

const inState = (workspace: WorkspacePage, state: string) =>
  workspace.page.waitForSelector(`body[data-state=${state}]`, { timeout: 60_000 });

const settled = "body:not([data-state=loading])";

/** By what is looked at. The first one needs a browser that is as it was installed, so the order stands. */
export const SURFACE_STATES: Record<string, Visit> = {
  "before there is a profile": async (theatre, look) => {
    await theatre.each(["workspace", "popup", "panel"], "no-profile", "body[data-state=no-profile]", look);
    await theatre.each(["options"], "no-profile", "#save-profile:enabled", look);
  },

  "options with something wrong in every field": async ({ stage }, look) => {
    const { page } = await OptionsPage.open(stage.browser);
    await page.click("#save-profile");
    await page.waitForSelector("#farmId[aria-invalid=true]");
    await look(page, "options-empty-refused");
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
    await look(page, "options-all-refused");
    await page.close();
  },

  "pasted credentials": async (theatre, look) => {
    const { stage } = theatre;
    const options = await OptionsPage.open(stage.browser);
    const { page } = options;
    await options.paste(pastedJson(stage.credentials, Date.now() + 3_600_000));
    await page.waitForFunction(() => document.querySelector("#pasted-found")?.textContent !== "");
    await look(page, "options-pasted");
    await options.savePasted(pastedJson(stage.credentials, Date.now() + 3_600_000));
    await look(page, "options-pasted-held");
    const wrong = { "no-secret": "export AWS_ACCESS_KEY_ID=ASIA1", nothing: "nothing", "no-json": "{" };
    for (const [name, text] of Object.entries(wrong)) {
      await options.paste(text);
      await page.waitForSelector("#pasted[aria-invalid=true]");
      await look(page, `options-pasted-${name}`);
    }
    await theatre.each(["popup"], "session", "#session:not([hidden])", look);
    await page.close();
  },

  "without credentials": async (theatre, look) => {
    await theatre.prepared();
    const { page } = await OptionsPage.open(theatre.stage.browser);
    await page.click("#forget-credentials");
    await page.waitForSelector("#forget-credentials", { hidden: true });
    await look(page, "options-no-credentials");
    await page.close();
    await theatre.each(UPLOAD_SURFACES, "no-credentials", "body[data-state=no-credentials]", look);
  },

  "where the browser was not allowed to reach the bucket": async ({ stage, change }, look) => {
    const browser = await startExtension({ headless: true, ...(change && { change }) });
    try {
      const options = await OptionsPage.open(browser);
      await deny(options.page);
      await options.saveProfile(profileFor(stage.store, "/projects/shot_010"));
      await look(options.page, "options-no-host-access");
      for (const surface of UPLOAD_SURFACES) {
        const page = await browser.openPage(PAGES[surface]);
        await page.waitForSelector("body[data-state=no-host-access]");
        await look(page, `${surface}-no-host-access`);
        if (surface !== "workspace") continue;
        await deny(page);
        await page.click("#allow-access");
        await page.waitForSelector("#notice p");
        await look(page, "workspace-access-denied");
      }
    } finally {
      await browser.close();
    }
  },

  "when all is ready": async (theatre, look) => {
    await theatre.prepared({ bandwidthLimit: 100_000 });
    await theatre.each(UPLOAD_SURFACES, "ready", "body[data-state=ready]", look);
    await theatre.each(["options"], "ready", "#advanced[open]", look);
  },

  "options after everything was saved and cleared": async ({ stage }, look) => {
    const options = await OptionsPage.open(stage.browser);
    const { page } = options;
    await page.click("#save-profile");
    await page.waitForSelector("#profile-message[data-state=saved]");
    await options.saveCredentials({ ...stage.credentials, sessionToken: "" });
    await page.click("#clear-cache");
    await page.waitForSelector("#cache-message[data-state=saved]");
    await look(page, "options-saved");
    await page.close();
  },

  "several profiles, a tested connection, and a question": async (theatre, look) => {
    const { stage } = theatre;
    await theatre.prepared({ manifestVersion: "v2025-12-04-beta" });
    const options = await OptionsPage.open(stage.browser);
    const { page } = options;
    await options.testConnection();
    await page.waitForSelector("#connection[data-state=good]");
    await look(page, "options-connection-good");
    stage.gate.rule = () => s3Error(403, "AccessDenied");
    await options.testConnection();
    await page.waitForSelector("#connection[data-state=bad]");
    await look(page, "options-connection-bad");
    stage.gate.rule = () => undefined;
    await page.click("#duplicate-profile");
    await page.click("#save-profile");
    await until(async () => (await options.names()).length === 2);
    await look(page, "options-two-profiles");
    await theatre.each(["popup", "workspace"], "two-profiles", "#profile-choice:not([hidden])", look);
    await page.bringToFront();
    await page.click("#delete-profile");
    await page.waitForSelector("#confirm[open]");
    await look(page, "options-delete-question");
    await page.click("#confirm-go");
    await until(async () => (await options.names()).length === 1);
    await page.close();
  },

  "a preview": async (theatre, look) => {
    const { stage } = theatre;
    const folder = await theatre.prepared();
    const workspace = await stage.openWorkspace();
    const { page } = workspace;
    if ((await workspace.dropAndWait([`${folder}/textures`], 60_000)) !== "complete")
      throw new Error("What should be in the store is not.");
    const goOn = signal();
    stage.gate.rule = () => goOn.done;
    await workspace.lookAtPreviews();
    await workspace.drop([folder, await stage.folder("empty", {})]);
    await inState(workspace, "preview");
    await until(() => stage.gate.seen.length > 0);
    await look(page, "workspace-preview-checking");
    goOn.fire();
    await page.waitForFunction(() => document.querySelector("#preview-state")?.textContent === "");
    await look(page, "workspace-preview");
    await theatre.each(["popup", "panel"], "preview", settled, look);
    await page.bringToFront();
    await page.click(".preview-patterns summary");
    await page.type("#preview-exclude", "cache");
    await page.waitForFunction(() => document.querySelector("#preview-left-out")?.textContent !== "");
    await look(page, "workspace-preview-patterns");
    await page.type("#preview-include", "*.exr, [abc");
    await page.waitForSelector("#preview-include[aria-invalid=true]");
    await look(page, "workspace-preview-pattern-refused");
    await page.click("#preview-include", { count: 3 });
    await page.keyboard.press("Delete");
    await page.type("#preview-include", "*.png");
    await page.waitForSelector("#preview-upload:disabled");
    await look(page, "workspace-preview-nothing-left");
    await page.click("#preview-cancel");
    await inState(workspace, "cancelled");
    await page.close();
  },

  "an upload that runs, is paused, and ends with something not taken": async (theatre, look) => {
    const { stage } = theatre;
    const folder = await theatre.prepared();
    const goOn = signal();
    let bodies = 0;
    // Some of it arrives, so that there is something to see of a progress.
    stage.gate.rule = (method) => {
      if (method === "PUT") bodies += 1;
      return bodies > 2 ? goOn.done : undefined;
    };
    const workspace = await stage.openWorkspace();
    const { page } = workspace;
    await workspace.drop([folder, await stage.folder("empty", {})]);
    await until(() => bodies > 2);
    await look(page, "workspace-running");
    await theatre.each(["popup", "panel"], "running", "#running:not([hidden])", look);
    await page.bringToFront();
    await page.click("#pause");
    await page.waitForSelector("#waiting:not([hidden])");
    await look(page, "workspace-paused");
    await theatre.each(["popup", "panel"], "paused", "#running:not([hidden])", look);
    goOn.fire();
    await page.bringToFront();
    await page.click("#pause");
    await inState(workspace, "complete");
    // What is chosen by a dialog has no empty folders, and no driver can drop one on Firefox.
    if (!isFirefox) await page.waitForSelector("#not-taken li");
    await page.click("#copy-attachments");
    await page.waitForSelector("#copy-attachments[data-copied]");
    await look(page, "workspace-complete");
    await theatre.each(["popup"], "complete", "#last-uploads li", look);
    await theatre.each(["panel"], "complete", "body[data-state=complete]", look);
    await page.close();
  },

  "an upload that waits for credentials, and is cancelled": async (theatre, look) => {
    const { stage } = theatre;
    const folder = await theatre.prepared();
    stage.gate.rule = () => s3Error(400, "ExpiredToken");
    const workspace = await stage.openWorkspace();
    const { page } = workspace;
    await workspace.drop([folder]);
    await page.waitForSelector("#waiting-options", { visible: true });
    await look(page, "workspace-waits-for-credentials");
    await theatre.each(["popup", "panel"], "waits-for-credentials", "#waiting-options:not([hidden])", look);
    await page.bringToFront();
    await page.click("#cancel");
    await inState(workspace, "cancelled");
    await look(page, "workspace-cancelled");
    await theatre.each(["popup"], "cancelled", "#last-uploads li", look);
    await page.close();
  },

  "no network, and a drop that is refused": async (theatre, look) => {
    const { stage } = theatre;
    const folder = await theatre.prepared();
    let asked = 0;
    // A server that has answered once is hoped for longer than anybody looks.
    stage.gate.rule = () => {
      asked += 1;
      return asked === 1 ? undefined : "hang-up";
    };
    const workspace = await stage.openWorkspace();
    const { page } = workspace;
    await workspace.drop([folder]);
    await workspace.waiting();
    await page.evaluate(() =>
      window.dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer() })),
    );
    await page.waitForSelector("#notice p");
    await look(page, "workspace-no-network");
    await page.click("#cancel");
    await inState(workspace, "cancelled");
    await page.close();
  },

  "an upload that can be continued": async (theatre, look) => {
    const { stage } = theatre;
    const folder = await theatre.prepared();
    const {
      workspace: { page },
      goOn,
    } = await stage.holdUpload(folder);
    await stage.browser.loseHost();
    goOn();
    await page.reload();
    // Only a browser that gives lasting access can go on by itself.
    await page.waitForSelector(isFirefox ? "#unfinished" : "#continue-upload", { visible: true });
    await look(page, "workspace-unfinished");
    await page.click("#forget-upload");
    await page.waitForFunction(() => document.querySelector("#announcer p") !== null);
    await look(page, "workspace-forgotten");
    await page.close();
  },

  "an upload that has failed": async (theatre, look) => {
    const answers = {
      "access-denied": () => s3Error(403, "AccessDenied"),
      "answer-unexpected": () => s3Error(418, "TeapotError"),
      "answer-not-s3": () => ({
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html></html>",
      }),
    };
    const { stage } = theatre;
    for (const [code, answer] of Object.entries(answers)) {
      const folder = await theatre.prepared();
      stage.gate.rule = answer;
      const workspace = await stage.openWorkspace();
      const { page } = workspace;
      await workspace.dropAndWait([folder], 60_000);
      const [problem] = await workspace.problems();
      if (problem?.code !== code) throw new Error(`${problem?.code} instead of ${code}`);
      // With a file of the list looked at, and the earlier uploads in view.
      await page.waitForSelector("#files [role=option]");
      await page.focus("#files");
      await page.keyboard.press("Home");
      await page.waitForSelector("#files-detail p");
      await page.click("#history-section summary");
      await look(page, `workspace-failed-${code}`);
      await theatre.each(["popup"], `failed-${code}`, "#last-uploads li", look);
      await page.close();
    }
  },

  "farms, queues, and a sign-in": async (theatre, look) => {
    await theatre.prepared();
    await everyAccountState(theatre.stage, theatre.accounts, look);
  },

  "files dragged over a web page": async (theatre, look) => {
    const { stage, site } = theatre;
    // Files, since no driver can drag a folder on Firefox.
    const folder = join(await theatre.prepared(), "textures");
    const { browser } = stage;
    const page = await browser.newPage();
    await page.goto(site.origin);
    const button = await browser.openPopup();
    await button.waitForSelector("#page-drop-site:not([hidden])");
    await button.click("#page-drop-site");
    const background = await browser.background();
    const scripts = () => background.evaluate(() => chrome.scripting.getRegisteredContentScripts());
    await until(async () => (await scripts()).length === 1);
    await button.close();
    const options = await theatre.opened("options", "#drop-sites li");
    await options.$eval("#drop-sites", (sites) => sites.scrollIntoView({ block: "center" }));
    await look(options, "options-drop-sites");
    await options.close();
    await page.bringToFront();
    const drag = await Drag.begin(page, [folder]);
    const frame = await armedOverlay(page, drag);
    await drag.over(frame);
    await staysLong(frame, drag);
    await drag.during(() => look(page, "page-drop", frame));
    await drag.cancel();
    await page.close();
    const popup = await theatre.opened("popup", settled);
    await popup.evaluate((message) => chrome.runtime.sendMessage(message), { type: "credentials.forget" });
    await popup.close();
    const other = await browser.newPage();
    await other.goto(site.origin);
    const second = await Drag.begin(other, [folder]);
    const refused = await armedOverlay(other, second);
    await second.drop(refused);
    await refused.waitForSelector("body[data-state=refused]");
    await look(other, "page-drop-refused", refused);
    await other.close();
  },
};

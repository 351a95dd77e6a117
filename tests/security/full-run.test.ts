/**
 * One run through everything that an upload can come from, with credentials that nothing else in the world looks like.
 * Afterwards every place is searched for them where they must not be, and the browser's own log of its network tells which
 * hosts were asked.
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ExtensionBrowser } from "../browser/chromium.ts";
import { ContentScriptWorld } from "../browser/content-script.ts";
import { OptionsPage, pastedJson } from "../browser/options-page.ts";
import { armedOverlay, Drag } from "../browser/page-drop.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { Site } from "../browser/site.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { bytes, UPLOAD_LIMIT_MS } from "../e2e/scene.ts";
import { storeFromEnvironment } from "../s3.ts";
import { formsBelow, formsIn, partedBy } from "./secret-forms.ts";
import { readStores } from "./stores.ts";

const store = storeFromEnvironment();
/** The store's own key, which signs what is uploaded; and one that the store does not know, with a token. */
const secrets = {
  key: store.secretKey,
  otherKey: `other-${randomBytes(18).toString("hex")}`,
  /** Pasted into the form and never saved. */
  unsaved: `unsaved-${randomBytes(18).toString("hex")}`,
  token: `token/+=${randomBytes(60).toString("base64")}`,
};
/** Put by the test itself where secrets must not be: the search has to find it there. */
const planted = { mark: `mark-${randomBytes(20).toString("hex")}` };

let browser: ExtensionBrowser;
let site: Site;
/** What was found where, once for each place. */
let found: Record<string, string[]> = {};
/** The same after the credentials were forgotten. */
let foundAfter: Record<string, string[]> = {};
/** What the browser's profile holds after it was closed. */
let onDisk: string[] = [];
let plantedOnDisk: string[] = [];
/** What a page and the content script in it have heard. */
let heardByPage = "";
let heardByScript = "";
/** The browser's log of its network. */
let netLog: NetLog;

interface NetLog {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; params?: { url?: string; initiator?: string; method?: string } }[];
}

beforeAll(async () => {
  site = await Site.open("<title>Farm monitor</title><h1>Jobs</h1>");
  const folder = await folderOf({ "a.bin": bytes(100_000, 7001), "deep/er/b.txt": bytes(50, 7002) });
  browser = await ExtensionBrowser.start({
    headless: true,
    grantedOrigins: [new URL(store.endpoint).origin, "http://localhost"],
    flags: (profile) => {
      // Console messages of every context go to `chrome_debug.log`, in the profile.
      return ["--enable-logging", "--log-level=0", `--log-net-log=${profile}-net.json`];
    },
  });
  await setUp(folder.path);
  await uploadFromEverywhere(folder.path);
  found = await searchStores();
  await forget();
  foundAfter = await searchStores();
  await plant();
  await browser.close(async (profile) => {
    const all = await formsBelow(profile, { ...secrets, ...planted });
    ({ these: plantedOnDisk, others: onDisk } = partedBy(all, Object.keys(planted)));
    netLog = JSON.parse(await readFile(`${profile}-net.json`, "utf8"));
  });
  await folder.remove();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
});

/** A profile, tested; wrong credentials with a token, then the right ones. */
async function setUp(folder: string): Promise<void> {
  const options = await OptionsPage.open(browser);
  const rootPrefix = `full-run-${process.pid}-${Date.now()}`;
  const profile = profileFor({ ...store, rootPrefix }, folder);
  expect(await options.saveProfile(profile)).toMatchObject({ state: "saved" });
  await options.paste(secrets.unsaved);
  // A browser writes down what forms hold, some seconds later, to open them again as they were.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await options.paste("");
  const other = {
    accessKeyId: "ASIAUNKNOWNUNKNOWN00",
    secretAccessKey: secrets.otherKey,
    sessionToken: secrets.token,
  };
  expect(await options.saveCredentials(other)).toMatchObject({ state: "saved" });
  await failWith(options, folder);
  // The same once more, as text that the tools of AWS print.
  expect(await options.savePasted(pastedJson(other, Date.now() + 3_600_000))).toMatchObject({
    state: "saved",
  });
  await failWith(options, folder);
  const right = { accessKeyId: store.accessKey, secretAccessKey: secrets.key, sessionToken: "" };
  expect(await options.saveCredentials(right)).toMatchObject({ state: "saved" });
  expect((await options.testConnection()).every(({ verdict }) => verdict !== "failed")).toBe(true);
  await options.page.close();
}

/** The server does not know them: they go as far as into requests that are refused. */
async function failWith(options: OptionsPage, folder: string): Promise<void> {
  await options.page.bringToFront();
  expect((await options.testConnection()).some(({ verdict }) => verdict === "failed")).toBe(true);
  const workspace = await WorkspacePage.open(browser);
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("failed");
  await workspace.page.close();
  await options.page.bringToFront();
}

async function uploadFromEverywhere(folder: string): Promise<void> {
  const workspace = await WorkspacePage.open(browser);
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  // The background forgets what it had in memory, and finds it again.
  await browser.stopBackground();
  const { page, script } = await pageWithDropZone();
  const again = await folderOf({ "c.bin": bytes(100_000, Date.now()) });
  const ended = workspace.endAfter(async () => {
    const drag = await Drag.begin(page, [again.path]);
    await drag.drop(await armedOverlay(page, drag));
    // What is not in view does not notice its end.
    await workspace.page.bringToFront();
  }, UPLOAD_LIMIT_MS);
  expect(await ended).toBe("complete");
  const worker = await browser.serviceWorker();
  const fetched = workspace.endAfter(
    () =>
      worker.evaluate((address) => {
        const event = chrome.contextMenus.onClicked as unknown as { dispatch(info: object): void };
        event.dispatch({ menuItemId: "upload-link", editable: false, linkUrl: address });
      }, `${site.origin}/chosen?by=person`),
    UPLOAD_LIMIT_MS,
  );
  expect(await fetched).toBe("complete");
  for (const path of ["panel/panel.html", "options/options.html"])
    await (await browser.openPage(path)).close();
  await page.bringToFront();
  await (await browser.openPopup()).close();
  heardByPage = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.join("\n"));
  heardByScript = await script.evaluate(() =>
    (globalThis as unknown as { heard: string[] }).heard.join("\n"),
  );
}

/** A site with the page drop zone, on which page and content script write down every message that reaches them. */
async function pageWithDropZone(): Promise<{ page: Page; script: ContentScriptWorld }> {
  const ours = await browser.openPage("popup/popup.html");
  await ours.evaluate(
    (address) => chrome.runtime.sendMessage({ type: "dropSites.enable", address }),
    site.origin,
  );
  await ours.close();
  const page = await browser.browser.newPage();
  await page.goto(site.origin);
  await page.bringToFront();
  await page.evaluate(() => {
    const heard = ["begin"];
    Object.assign(globalThis, { heard });
    window.addEventListener("message", ({ data }) => heard.push(JSON.stringify(data)));
  });
  const script = await ContentScriptWorld.of(page, browser.extensionId);
  await script.evaluate(() => {
    const heard = ["begin"];
    Object.assign(globalThis, { heard });
    chrome.runtime.onMessage.addListener((message) => {
      heard.push(JSON.stringify(message));
    });
  });
  return { page, script };
}

/** Reads every storage of the extension's own origin. */
async function searchStores(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const page = await browser.openPage("options/options.html");
  const places = await page.evaluate(readStores);
  for (const [place, text] of Object.entries(places)) found[place] = formsIn(Buffer.from(text), secrets);
  // The journal of uploads is there: its database was looked at.
  expect(places.IndexedDB).toContain("a.bin");
  expect(places.local).toContain("job-attachments");
  found.targets = formsIn(
    Buffer.from(
      browser.browser
        .targets()
        .map((one) => one.url())
        .join(),
    ),
    secrets,
  );
  await page.close();
  return found;
}

async function forget(): Promise<void> {
  const { page } = await OptionsPage.open(browser);
  await page.click("#forget-credentials");
  await page.waitForSelector("#forget-credentials", { hidden: true });
  await page.close();
}

/** Puts a mark where a secret must not be, so that the search on disk is known to find what is there. */
async function plant(): Promise<void> {
  const page = await browser.openPage("popup/popup.html");
  const put = async (mark: string) => {
    await chrome.storage.local.set({ mark });
    console.log(mark);
    await (await caches.open("mark")).put("https://mark.example/", new Response(mark));
    await new Promise((resolve) => {
      const opening = indexedDB.open("mark");
      opening.onupgradeneeded = () => opening.result.createObjectStore("mark").put(mark, 1);
      opening.onsuccess = resolve;
    });
  };
  await page.evaluate(put, planted.mark);
  await page.goto(`${site.origin}/?${planted.mark}`);
  const worker = await browser.serviceWorker();
  await worker.evaluate((mark) => console.log(`worker ${mark}`), planted.mark);
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

it("only the memory of the browser session holds them", () => {
  const { session, ...others } = found;
  expect(session).toEqual(["key (UTF-8)"]);
  for (const [place, forms] of Object.entries(others)) expect(forms, place).toEqual([]);
});

it("once they are forgotten no store holds them", () => {
  expect(Object.keys(foundAfter)).toEqual(Object.keys(found));
  for (const [place, forms] of Object.entries(foundAfter)) expect(forms, place).toEqual([]);
});

it("neither a web page nor our script in it hears anything of them", () => {
  expect(heardByPage).toContain("begin");
  expect(heardByScript).toContain("begin");
  expect(formsIn(Buffer.from(heardByPage + heardByScript), secrets)).toEqual([]);
});

it("nothing of them is on disk once the browser is closed", () => {
  // What was put there on purpose is found in each of these.
  for (const place of [
    "Local Extension Settings",
    "IndexedDB",
    "CacheStorage",
    "History",
    "chrome_debug.log",
  ])
    expect(
      plantedOnDisk.some((one) => one.includes(place)),
      `${place} is searched`,
    ).toBe(true);
  expect(onDisk).toEqual([]);
});

it("none is in an address that was asked for", () => {
  const addresses = requests().map(({ url }) => url);
  expect(addresses.length).toBeGreaterThan(20);
  expect(formsIn(Buffer.from(addresses.join("\n")), secrets)).toEqual([]);
});

it("no host is asked but those of the profile and of what the person chose", () => {
  const ours = requests().filter(
    ({ url, initiator }) => /^(https?|wss?|ftp):/.test(url) && !isOfBrowser(url, initiator),
  );
  const hosts = [...new Set(ours.map(({ url }) => new URL(url).origin))].sort();
  expect(hosts).toEqual([new URL(store.endpoint).origin, site.origin].sort());
  // Of the site only what the person opened and chose: nothing below its root is asked for by itself.
  const ofSite = ours.filter(
    ({ url, initiator }) => url.startsWith(site.origin) && initiator.startsWith("chrome-extension:"),
  );
  expect([...new Set(ofSite.map(({ url }) => new URL(url).pathname))]).toEqual(["/chosen"]);
});

/** What Chromium asks for by itself, whatever is installed in it: nobody, page or extension, has begun it. */
function isOfBrowser(url: string, initiator: string): boolean {
  const hosts = ["accounts.google.com", "clients2.google.com", "update.googleapis.com"];
  return !/^[a-z-]+:/.test(initiator) && hosts.includes(new URL(url).hostname);
}

/** Every request of the browser, whoever began it. */
function requests(): { url: string; initiator: string }[] {
  const begun = netLog.constants.logEventTypes.URL_REQUEST_START_JOB;
  return netLog.events.flatMap(({ type, params: { url, initiator = "" } = {} }) =>
    type === begun && url !== undefined ? [{ url, initiator }] : [],
  );
}

/** A folder of one name below one that is thrown away. */
async function folderOf(
  files: Record<string, Uint8Array>,
): Promise<{ path: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), "full-run-"));
  const path = join(parent, "shot_010");
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, remove: () => rm(parent, { recursive: true, force: true }) };
}

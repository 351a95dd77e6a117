/** What the browser enforces for us, tried in it: policy of the pages, closed storage, HTTPS, no road for web pages. */
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBackground, toHost, toPages, toVault } from "../../extension/shared/messages.ts";
import { readMessage } from "../../extension/shared/read-message.ts";
import type { ExtensionBrowser } from "../browser/chromium.ts";
import { ContentScriptWorld } from "../browser/content-script.ts";
import { chromiumOf } from "../browser/extension-browser.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { Site } from "../browser/site.ts";
import { Scene } from "../e2e/scene.ts";
import { badMessage, goodMessage, noise, Random } from "./random-messages.ts";

const PAGES = [
  "workspace/workspace.html",
  "options/options.html",
  "popup/popup.html",
  "panel/panel.html",
  "offscreen/offscreen.html",
  "content/overlay.html",
];

let scene: Scene;
let site: Site;
let browser: ExtensionBrowser;
beforeAll(async () => {
  site = await Site.open("<title>Site</title><h1>Hello</h1>");
  scene = await Scene.open(["http://localhost"]);
  browser = chromiumOf(scene.browser);
});
afterAll(async () => {
  await scene?.close();
  site?.close();
});

describe.each(PAGES)("in %s", (path) => {
  let page: Page;
  beforeAll(async () => {
    page = await browser.openPage(path);
  });
  afterAll(() => page?.close());

  it("neither data nor a foreign script becomes code", async () => {
    const outcome = await page.evaluate(async (foreign) => {
      const ran: string[] = [];
      const refused: string[] = [];
      Object.assign(globalThis, { ran });
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
        refused.push(effectiveDirective),
      );
      // What the driver itself calls may make code of data: this has to run for itself.
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const make of [
        // biome-ignore lint/security/noGlobalEval: this is what must not work
        () => globalThis.eval("ran.push('eval')"),
        () => new Function("ran.push('Function')")(),
        () => setTimeout("ran.push('timer')" as unknown as () => void),
      ])
        try {
          make();
        } catch {
          // As it should be.
        }
      const inline = document.createElement("script");
      inline.textContent = "ran.push('inline')";
      const remote = document.createElement("script");
      remote.src = foreign;
      const handler = document.createElement("div");
      handler.setAttribute("onclick", "ran.push('handler')");
      document.body.append(inline, remote, handler);
      handler.click();
      const style = document.createElement("style");
      style.textContent = "html { --put: 1 }";
      document.head.append(style);
      const data = document.createElement("script");
      data.type = "module";
      data.src = "data:text/javascript,ran.push('data')";
      document.head.append(data);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return {
        ran,
        refused: [...new Set(refused)].sort(),
        put: getComputedStyle(document.documentElement).getPropertyValue("--put"),
      };
    }, `${site.origin}/script.js`);
    expect(outcome.ran).toEqual([]);
    expect(outcome.put).toBe("");
    expect(outcome.refused).toEqual(
      expect.arrayContaining(["script-src", "script-src-attr", "script-src-elem", "style-src-elem"]),
    );
  });

  it("nothing is asked for in the clear, except of this computer", async () => {
    const refused = await page.evaluate(async (near) => {
      const all: string[] = [];
      document.addEventListener("securitypolicyviolation", ({ blockedURI }) => all.push(blockedURI));
      for (const address of ["http://192.0.2.1/", "http://example.com/", near])
        await fetch(address).catch(() => undefined);
      return all.map((address) => new URL(address).host);
    }, `${site.origin}/`);
    expect(refused).toEqual(["192.0.2.1", "example.com"]);
  });
});

it.each([
  "http://192.0.2.1:9000",
  "http://s3.studio.example",
  "ftp://127.0.0.1",
  "http://127.0.0.1.nip.example",
])("no profile sends to %s", async (endpoint) => {
  const options = await OptionsPage.open(browser);
  const saved = await options.saveProfile({ ...scene.profile, endpoint });
  expect(saved.state).toBe("refused");
  await options.page.close();
});

describe("a web page, with our content script in it", () => {
  let page: Page;
  let script: ContentScriptWorld;
  beforeAll(async () => {
    const ours = await browser.openPage("popup/popup.html");
    await ours.evaluate(
      (address) => chrome.runtime.sendMessage({ type: "dropSites.enable", address }),
      site.origin,
    );
    await ours.close();
    page = await browser.browser.newPage();
    await page.goto(site.origin);
    script = await ContentScriptWorld.of(page, browser.extensionId);
  });
  afterAll(() => page?.close());

  const readStorage = () =>
    script.evaluate(async () => {
      const read: Record<string, unknown> = {};
      for (const area of ["local", "session", "sync", "managed"] as const)
        read[area] = await Promise.resolve()
          .then(() => chrome.storage[area].get(null))
          .catch((error: Error) => `refused: ${error.message}`);
      return read;
    });

  it("the script cannot read what the extension keeps", async () => {
    const worker = await browser.serviceWorker();
    const kept = await worker.evaluate(() => chrome.storage.session.get(null));
    expect(JSON.stringify(kept)).toContain("secretAccessKey");
    const { local, session } = await readStorage();
    for (const area of [local, session]) expect(area).toMatch(/^refused: .*not allowed/);
  });

  it("nor after the background has been stopped and started", async () => {
    await browser.stopBackground();
    const ours = await browser.openPage("popup/popup.html");
    await ours.waitForSelector("body:not([data-state=loading])");
    await ours.close();
    const { local, session } = await readStorage();
    for (const area of [local, session]) expect(area).toMatch(/^refused: .*not allowed/);
  });

  it("the page has no road to the extension", async () => {
    const tried = await page.evaluate(async (id) => {
      const { runtime } = (globalThis as { chrome?: { runtime?: typeof chrome.runtime } }).chrome ?? {};
      const fetched: unknown[] = [];
      for (const path of ["manifest.json", "background/background.js", "options/options.html"])
        fetched.push(
          await fetch(`chrome-extension://${id}/${path}`).then(
            () => path,
            () => null,
          ),
        );
      return { runtime: typeof runtime?.sendMessage, connect: typeof runtime?.connect, fetched };
    }, browser.extensionId);
    expect(tried).toEqual({ runtime: "undefined", connect: "undefined", fetched: [null, null, null] });
  });
});

describe("hundreds of random, mutated and forbidden messages change nothing", () => {
  const all = { ...toBackground, ...toVault, ...toHost, ...toPages };
  const types = Object.keys(all) as (keyof typeof all)[];
  /** For each kind of page, what it may send. */
  const honest: Record<string, string[]> = {
    "workspace/workspace.html": ["page"],
    "options/options.html": ["page", "options"],
    "popup/popup.html": ["page"],
    "panel/panel.html": ["page"],
    "offscreen/offscreen.html": ["page", "host"],
    "content/overlay.html": ["page", "overlay"],
    "our script in a web page": ["content"],
  };
  const random = new Random(20_240_602);

  /** As JSON: what else there is does not come through the browser's messages. */
  function messagesFor(kinds: string[], count: number): string[] {
    return Array.from({ length: count }, () => {
      const type = random.one(types);
      const { schema, from } = all[type];
      const isForbidden = !kinds.includes(from);
      const kind = random.below(isForbidden ? 3 : 2);
      const message =
        kind === 0
          ? badMessage(schema, random)
          : kind === 1
            ? noise(types, random)
            : goodMessage(schema, random);
      const text = JSON.stringify(message, (_, one) => (typeof one === "bigint" ? `${one}` : one)) ?? "null";
      // What JSON cannot say is left out, and a message may be good without it.
      return isGood(text) && !isForbidden ? "null" : text;
    });
  }

  function isGood(text: string): boolean {
    const message = JSON.parse(text);
    return readMessage(all, message) !== undefined;
  }

  /** Everything that a message could change. */
  async function state(): Promise<unknown> {
    const worker = await browser.serviceWorker();
    // When our own pages were last used is written down while they are open.
    const kept = await worker.evaluate(async () => ({
      local: await chrome.storage.local.get(null),
      session: { ...(await chrome.storage.session.get(null)), lastUse: 0 },
      permissions: await chrome.permissions.getAll(),
      scripts: await chrome.scripting.getRegisteredContentScripts(),
      alarms: (await chrome.alarms.getAll()).map(({ name }) => name),
      badge: await chrome.action.getBadgeText({}),
      notifications: await chrome.notifications.getAll(),
    }));
    const tabs = browser.browser.targets().map((target) => `${target.type()} ${target.url()}`);
    return { kept, tabs: tabs.sort(), objects: [...(await scene.objects())] };
  }

  /** By every road that there is. Gives what was answered. */
  const sendAll = async (texts: string[], hasWorker: boolean) => {
    const answers: unknown[] = [];
    for (const text of texts) {
      const message = JSON.parse(text);
      // Nobody who answers is `undefined` or an error, by version.
      answers.push(await chrome.runtime.sendMessage(message).catch(() => undefined));
      const port = chrome.runtime.connect({ name: text.slice(0, 50) });
      port.postMessage(message);
      port.disconnect();
      new BroadcastChannel("uploads").postMessage(message);
      new BroadcastChannel("drops").postMessage(message);
      if (!hasWorker) continue;
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      const heard = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
      });
      active?.postMessage(message, [port2]);
      answers.push(await heard);
    }
    return answers.filter((answer) => answer !== undefined && answer !== null);
  };

  it.each(Object.keys(honest))("from %s", async (from) => {
    const isScript = from === "our script in a web page";
    const page = isScript ? await browser.browser.newPage() : await browser.openPage(from);
    if (isScript) await page.goto(site.origin);
    const script = isScript ? await ContentScriptWorld.of(page, browser.extensionId) : undefined;
    // What pages say to themselves when they open has been said.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = await state();
    const messages = messagesFor(honest[from] ?? [], 300);
    const answers = await (script
      ? script.evaluate(sendAll, messages, false)
      : page.evaluate(sendAll, messages, true));
    expect(answers).toEqual([]);
    expect(await state()).toEqual(before);
    await page.close();
  });
});

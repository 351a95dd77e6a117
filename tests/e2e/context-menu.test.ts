/** What is chosen by the context menu is fetched, named and uploaded, with no page of the extension open. */

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { chooseFromMenu } from "../browser/context-menu.ts";
import { bytes, Scene } from "./scene.ts";
import { until } from "./stage.ts";

const PLATE = bytes(200_000, 6001);
/** More than is kept in memory. */
const LONG_TAKE = bytes(40 * 1024 * 1024, 6002);

let scene: Scene;
let server: Server;
let site: string;
/** Cookies of the last request. */
let cookies: string | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    cookies = request.headers.cookie;
    serve(new URL(request.url ?? "/", "http://site").pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  site = `http://localhost:${(server.address() as AddressInfo).port}`;
  scene = await Scene.open(["http://localhost"]);
});
afterAll(async () => {
  await scene?.close();
  server?.close();
});
beforeEach(async () => {
  await notifications();
});

function serve(path: string, response: ServerResponse): void {
  if (path === "/plates/plate%20010.exr") {
    response.setHeader("content-type", "image/x-exr").end(PLATE);
  } else if (path === "/odd") {
    const name = "..%2F..%2Fshot%E2%80%AE%00.exr";
    response.setHeader("content-disposition", `attachment; filename="x.exr"; filename*=UTF-8''${name}`);
    response.end(PLATE);
  } else if (path === "/long.mp4") {
    response.setHeader("last-modified", "Tue, 03 Nov 2026 10:00:00 GMT").end(LONG_TAKE);
  } else if (path === "/cut.mp4") {
    response.setHeader("content-length", "1000000").write(PLATE, () => response.destroy());
  } else if (path === "/page") {
    response.setHeader("content-type", "text/html; charset=utf-8").end("<title>Shot</title>A page");
  } else {
    response.writeHead(404).end();
  }
}

const choose = (id: string, click: object) => chooseFromMenu(scene.browser, id, click);

/** Ids of the notifications that are shown; then takes them away. */
async function notifications(): Promise<string[]> {
  return (await scene.browser.background()).evaluate(async () => {
    const ids = Object.keys(await chrome.notifications.getAll());
    for (const id of ids) await chrome.notifications.clear(id);
    return ids;
  });
}

/** Chooses, waits for the notification of the end, and gives the newest manifest's paths with their sizes and times. */
async function uploaded(menuItemId: string, click: object): Promise<Record<string, unknown>[]> {
  const before = new Set(await scene.manifests());
  await choose(menuItemId, click);
  let shown: string[] = [];
  await until(async () => {
    shown = await notifications();
    return shown.length > 0;
  });
  expect(shown).toEqual([expect.stringMatching(/^ended-/)]);
  const key = (await scene.manifests()).find((one) => !before.has(one));
  const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(key ?? "")));
  return manifest.paths;
}

it("uploads an image under the name in its address", async () => {
  const before = await scene.objects();
  const paths = await uploaded("upload-media", { srcUrl: `${site}/plates/plate%20010.exr?v=1` });
  expect(paths).toMatchObject([{ path: "plate 010.exr", size: PLATE.length }]);
  const hash = `${paths[0]?.hash}`;
  const stored = [...(await scene.objects()).keys()].find((key) => !before.has(key) && key.includes(hash));
  expect(await scene.bucket.get(stored ?? "")).toEqual(PLATE);
});

it("makes a safe name of a hostile Content-Disposition, with the person's cookies", async () => {
  const page = await scene.browser.newPage();
  await page.goto(`${site}/page`);
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: as the site itself would
    document.cookie = "session=of-the-person";
  });
  expect(await uploaded("upload-link", { linkUrl: `${site}/odd` })).toMatchObject([{ path: "shot.exr" }]);
  expect(cookies).toBe("session=of-the-person");
  await page.close();
});

it("uploads a video that is larger than memory may hold, with its own time, and leaves nothing on disk", async () => {
  const paths = await uploaded("upload-media", { srcUrl: `${site}/long.mp4`, mediaType: "video" });
  expect(paths).toMatchObject([
    { path: "long.mp4", size: LONG_TAKE.length, mtime: Date.parse("2026-11-03T10:00:00Z") * 1000 },
  ]);
  const page = await scene.browser.openPage("popup/popup.html");
  await until(async () => {
    const left = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle("fetched");
      // @ts-expect-error TypeScript's DOM library does not know it.
      return Array.fromAsync(folder.keys());
    });
    return left.length === 0;
  });
  await page.close();
});

it("uploads a page", async () => {
  expect(await uploaded("upload-page", { pageUrl: `${site}/page` })).toMatchObject([{ path: "page.html" }]);
});

it("uploads selected text with its lines, also where a click tells none", async () => {
  const page = await scene.browser.newPage();
  await page.goto(`${site}/page`);
  await page.bringToFront();
  await page.evaluate(() => {
    document.body.innerHTML = "<pre>Größe: 5 ✂\n  frames 1-10\n</pre>";
    getSelection()?.selectAllChildren(document.body);
  });
  const [file] = await uploaded("upload-selection", { selectionText: "Größe: 5 ✂   frames 1-10 " });
  expect(file?.path).toBe("selection.txt");
  const stored = [...(await scene.objects()).keys()].find((key) => key.includes(`${file?.hash}`));
  const text = new TextDecoder().decode(await scene.bucket.get(stored ?? ""));
  expect(text.trimEnd()).toBe("Größe: 5 ✂\n  frames 1-10");
  await page.close();
});

it("uploads an image that is written into its address", async () => {
  const srcUrl = `data:image/png;base64,${Buffer.from("not really").toString("base64")}`;
  expect(await uploaded("upload-media", { srcUrl })).toMatchObject([{ path: "resource.png", size: 10 }]);
});

it("answers a choice that starts the background", async () => {
  await scene.browser.stopBackground();
  const page = await scene.browser.openPage("popup/popup.html");
  await page.evaluate(() => chrome.runtime.sendMessage({ type: "status.get" }));
  await page.close();
  expect(await uploaded("upload-page", { pageUrl: `${site}/page` })).toHaveLength(1);
});

it.each([
  ["what is not there", () => `${site}/missing`],
  ["what breaks off", () => `${site}/cut.mp4`],
  ["an address without TLS", () => "http://example.com/a.png"],
  ["an address that is not of the web", () => "file:///etc/passwd"],
])("tells that nothing was uploaded of %s, and writes no manifest", async (_, address) => {
  const before = await scene.manifests();
  await choose("upload-media", { srcUrl: address() });
  let shown: string[] = [];
  await until(async () => {
    shown = await notifications();
    return shown.length > 0;
  });
  expect(shown[0]).not.toMatch(/^ended-/);
  expect(await scene.manifests()).toEqual(before);
});

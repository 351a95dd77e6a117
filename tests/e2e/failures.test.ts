import { appendFile, mkdir, open, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isFirefox } from "../browser/extension-browser.ts";
import { profileFor, startReadyBrowser } from "../browser/ready-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());
beforeEach(async () => {
  await scene.clear();
  await scene.reconfigure({});
});
afterEach(async () => {
  // Whatever happened: half an upload must never look like a whole one.
  expect(await scene.manifests()).toEqual([]);
});

/** Drops the folder, expects a failure, and gives the problems that the page shows. */
async function dropAndFail() {
  const workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("failed");
  const problems = await workspace.problems();
  for (const { text } of problems) expect(text).toMatch(/\w{3,}.*\./);
  const notTaken = await workspace.notTaken();
  await workspace.page.close();
  return {
    codes: problems.map(({ code }) => code),
    files: problems.map(({ file }) => file),
    texts: problems.map(({ text }) => text),
    notTaken,
  };
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("an upload fails with a sentence", () => {
  it("when the secret is wrong", async () => {
    await scene.write({ "scene.ma": "wrong secret" });
    await scene.reconfigure({}, "wrong-secret-wrong-secret-wrong-secret");
    expect((await dropAndFail()).codes).toEqual(["credentials-wrong"]);
  });

  it("when nothing was in what was dropped", async () => {
    await mkdir(join(scene.folder, "empty"));
    const { codes, notTaken } = await dropAndFail();
    expect(codes).toEqual(["nothing-to-upload"]);
    // What is chosen by a dialog has no empty folders, and no driver can drop one on Firefox.
    expect(notTaken.map(({ file }) => file)).toEqual(isFirefox ? [] : ["shot_010/empty"]);
  });

  it("when no server answers", async () => {
    await scene.write({ "scene.ma": "no network" });
    const silent = { ...scene.store, endpoint: `http://127.0.0.1:${await freePort()}` };
    const browser = await startReadyBrowser(silent, profileFor(silent, scene.folder), true);
    try {
      const workspace = await WorkspacePage.open(browser);
      expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("failed");
      expect((await workspace.problems()).map(({ code }) => code)).toEqual(["network-unreachable"]);
    } finally {
      await browser.close();
    }
  });

  it("when a file changes again and again while it is uploaded", async () => {
    await scene.write({ "steady.ma": "steady", "growing.log": bytes(64 << 20, 3) });
    const growing = join(scene.folder, "growing.log");
    let times = 0;
    const write = async () => {
      await appendFile(growing, "more");
      // Not only more at the end: Firefox reads on what has only grown, as it was when it was chosen.
      const file = await open(growing, "r+");
      times += 1;
      await file.write(`${times} `, 0);
      await file.close();
    };
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await write();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    try {
      const { codes, files } = await dropAndFail();
      // What Chromium lets nobody read, it does not say why: whether it was read before decides what it is called.
      expect(codes).toEqual([expect.stringMatching(/^file-(changed|unreadable)$/)]);
      expect(files).toEqual(["shot_010/growing.log"]);
    } finally {
      isOver = true;
      await writing;
    }
  });

  it("when a name can't be in a manifest", async () => {
    // A byte that is no UTF-8, as old archives leave it behind.
    const name = Buffer.concat([
      Buffer.from(`${scene.folder}/caf`),
      Buffer.from([0xe9]),
      Buffer.from(".txt"),
    ]);
    await writeFile(name, "latin-1 name");
    const { codes, files } = await dropAndFail();
    expect(codes).toEqual(["name-not-unicode"]);
    // Chromium tells such a name as nothing at all: all that is known of the place is the folder.
    expect(files).toEqual([isFirefox ? "shot_010/caf\ufffd.txt" : "shot_010"]);
  });

  it("when a name would be a folder separator on the asset root's system", async () => {
    await scene.write({ "back\\slash.txt": "x" });
    await scene.reconfigure({ assetRootFormat: "windows", assetRoot: "C:\\projects" });
    const { codes, files } = await dropAndFail();
    expect(codes).toEqual(["path-backslash"]);
    expect(files).toEqual(["shot_010/back\\slash.txt"]);
  });
});

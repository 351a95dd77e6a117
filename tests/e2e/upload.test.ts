import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listDropped } from "../browser/bare-drop.ts";
import { chromiumOf, isFirefox } from "../browser/extension-browser.ts";
import { readyToChoose } from "../browser/file-dialog.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { bytes, Scene, UPLOAD_LIMIT_MS } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());
beforeEach(() => scene.clear());

describe("a dropped folder", () => {
  it("arrives whole, and no content is sent twice", async () => {
    await scene.write({
      "scenes/shot.ma": "scene",
      "scenes/same content.ma": "scene",
      "textures/deep/er/\u00e9 e\u0301 \u65e5\u672c\u8a9e \u{1f3ac}.tx": bytes(300_000, 1),
      "caches/large.vdb": bytes(20 << 20, 2),
      ".hidden": "h",
      "empty.log": "",
    });
    const before = await scene.objects();
    const workspace = await scene.workspace();
    expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
    expect(await scene.judge(workspace, before)).toEqual([]);
    expect(await workspace.result()).toMatchObject({ files: 6, objectsWritten: 5, objectsSkipped: 0 });
    expect(await workspace.notTaken()).toEqual([]);

    const between = await scene.objects();
    expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
    expect(await scene.judge(workspace, between)).toEqual([]);
    expect(await workspace.result()).toMatchObject({ files: 6, objectsWritten: 0, objectsSkipped: 5 });
    await workspace.page.close();
  });

  it("may hold 10,001 files in one folder", async () => {
    const files = Array.from({ length: 10_001 }, (_, index) => [`frames/f.${index}.exr`, `${index % 7}`]);
    await scene.write(Object.fromEntries(files));
    const before = await scene.objects();
    const workspace = await scene.workspace();
    expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
    expect(await scene.judge(workspace, before)).toEqual([]);
    expect((await workspace.result()).files).toBe(10_001);
    await workspace.page.close();
  });

  it("does not hold links, which the browser hides, and the page says so", async () => {
    await scene.write({ "real/a.txt": "a", "b.txt": "b" });
    await mkdir(join(scene.folder, "only links"));
    await symlink("b.txt", join(scene.folder, "link to file"));
    await symlink("real", join(scene.folder, "link to folder"));
    await symlink("nowhere", join(scene.folder, "dangling"));
    await symlink("/etc/hostname", join(scene.folder, "outside"));
    await symlink("../b.txt", join(scene.folder, "only links/b.txt"));
    const before = await scene.objects();
    const workspace = await scene.workspace();
    expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
    expect(await scene.judge(workspace, before)).toEqual([]);
    expect((await workspace.result()).files).toBe(2);
    const left = (await workspace.notTaken()).map(({ code, file }) => ({ code, file }));
    // What is chosen by a dialog has no empty folders, and nothing can drop on Firefox.
    expect(left).toEqual(isFirefox ? [] : [{ code: "empty-folder", file: "shot_010/only links" }]);
    const note = await workspace.page.waitForSelector("#links-note", { visible: true });
    expect(await note?.evaluate((element) => element.textContent)).toContain("Symbolic links");
    await workspace.page.close();
  });

  // Nothing can drop on Firefox, and its dialogs choose what a link leads to.
  it.skipIf(isFirefox)(
    "may be a link to a folder: it comes whole under the link's name, or is named as what could not be read",
    async () => {
      await scene.write({ "real/a.txt": "a" });
      const link = join(scene.folder, "link");
      await symlink("real", link);
      // Chromium 156 lists what such a link leads to, Chromium 148 does not.
      const { browser, extensionId } = chromiumOf(scene.browser);
      const listed = await listDropped(browser, link, `chrome-extension://${extensionId}/manifest.json`);
      const workspace = await scene.workspace();
      const end = await workspace.dropAndWait([link], UPLOAD_LIMIT_MS);
      if (Array.isArray(listed)) {
        expect(listed).toEqual(["a.txt"]);
        expect(end).toBe("complete");
        const { manifestKey } = await workspace.result();
        const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(manifestKey)));
        expect(manifest.paths.map(({ path }: { path: string }) => path)).toEqual(["link/a.txt"]);
      } else {
        expect(end).toBe("failed");
        const left = (await workspace.notTaken()).map(({ code, file }) => ({ code, file }));
        expect(left).toEqual([{ code: "unreadable-folder", file: "link" }]);
      }
      await workspace.page.close();
    },
  );

  // What is chosen by a dialog has no empty folders.
  it.skipIf(isFirefox)("tells of a folder that is left out because it is empty", async () => {
    await scene.write({ "a/file": "content" });
    await mkdir(join(scene.folder, "nothing/in here"), { recursive: true });
    const workspace = await scene.workspace();
    expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
    const left = (await workspace.notTaken()).map(({ code, file }) => ({ code, file }));
    expect(left).toEqual([{ code: "empty-folder", file: "shot_010/nothing/in here" }]);
    await workspace.page.close();
  });
});

describe("files chosen by keyboard", () => {
  it.each(["#pick-files", "#pick-folder"])("arrive from %s", async (button) => {
    await scene.write({ "scene.ma": `content of ${button}` });
    const workspace = await scene.workspace();
    const { page } = workspace;
    await page.focus(button);
    const path = button === "#pick-folder" ? scene.folder : join(scene.folder, "scene.ma");
    const choose = await readyToChoose(page, path);
    const press = async () => {
      await page.keyboard.press("Enter");
      await choose();
    };
    expect(await workspace.endAfter(press, UPLOAD_LIMIT_MS)).toBe("complete");
    const { manifestKey } = await workspace.result();
    const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(manifestKey)));
    const [file] = await readLocalFiles(scene.folder);
    const listed = button === "#pick-folder" ? "shot_010/scene.ma" : "scene.ma";
    expect(manifest.paths).toEqual([{ ...file, path: listed }]);
    await page.close();
  });
});

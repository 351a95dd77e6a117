/** Names of files are data: they are shown as they are, seen and not obeyed, and the rules of paths judge them. */

import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { Scene, UPLOAD_LIMIT_MS } from "../e2e/scene.ts";

/** Names that deceive, that are something to a program, or that a system keeps for itself. */
const ODD_NAMES = [
  "bell\u0007.txt",
  "two\nlines.txt",
  "picture\u202egpj.exe",
  "left\u2066to\u2069right.txt",
  "zero\u200bwidth.txt",
  "<img src=x onerror=document.title='broken'>.txt",
  "$&.txt",
  "CON",
  "aux.txt",
  "NUL.tar.gz",
  "trailing dot.",
  "trailing space ",
  "__proto__",
  "constructor",
];

let scene: Scene;
let workspace: WorkspacePage;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());
beforeEach(() => scene.clear());

it("odd names arrive as they are, in the manifest as on disk", async () => {
  await scene.write(Object.fromEntries(ODD_NAMES.map((name, at) => [name, `content ${at}`])));
  const before = await scene.objects();
  workspace = await scene.workspace();
  expect(await workspace.dropAndWait([scene.folder], UPLOAD_LIMIT_MS)).toBe("complete");
  expect(await scene.judge(workspace, before)).toEqual([]);
  const { manifestKey } = await workspace.result();
  const manifest = JSON.parse(new TextDecoder().decode(await scene.bucket.get(manifestKey)));
  const paths: string[] = manifest.paths.map(({ path }: { path: string }) => path);
  expect(paths.sort()).toEqual(ODD_NAMES.map((name) => `shot_010/${name}`).sort());
  await workspace.page.close();
});

it.each([
  ["a drive letter", "C:evil.txt", "posix", "path-drive"],
  ["a drive letter for Windows workers", "C:evil.txt", "windows", "path-drive"],
  ["a share", "\\\\server\\share", "posix", "path-share"],
  ["a backslash for Windows workers", "folder\\..\\..\\evil.txt", "windows", "path-backslash"],
] as const)("%s is refused by the rules of paths, and nothing is sent", async (_what, name, format, code) => {
  await scene.write({ [name]: "x" });
  const assetRoot = format === "windows" ? "Z:\\projects" : dirname(scene.folder);
  await scene.reconfigure({ assetRootFormat: format, assetRoot });
  const before = await scene.objects();
  workspace = await scene.workspace();
  // Dropped by itself it stands at the beginning of a path.
  expect(await workspace.dropAndWait([join(scene.folder, name)], UPLOAD_LIMIT_MS)).toBe("failed");
  expect((await workspace.problems()).map((problem) => [problem.code, problem.file])).toEqual([[code, name]]);
  expect(await scene.objects()).toEqual(before);
  await workspace.page.close();
});

it("what is hidden in a name is seen, and markup in it stays text", async () => {
  const names = ["C:\u202egpj\u0007<img src=x onerror=document.title='broken'>.exe"];
  await scene.write(Object.fromEntries(names.map((name) => [name, "x"])));
  await scene.reconfigure({});
  workspace = await scene.workspace();
  expect(await workspace.dropAndWait([join(scene.folder, names[0] ?? "")], UPLOAD_LIMIT_MS)).toBe("failed");
  const shown = await workspace.page.$eval("body", (body) => ({
    text: body.textContent ?? "",
    images: body.querySelectorAll("img[src=x]").length,
    title: document.title,
  }));
  expect(shown.text).toContain("C:[U+202E]gpj\u2407<img src=x onerror=document.title='broken'>.exe");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(shown.text).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/);
  expect(shown.images).toBe(0);
  expect(shown.title).not.toBe("broken");
  await workspace.page.close();
});

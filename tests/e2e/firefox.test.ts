/** Firefox, as the tests drive it: what they will need for an add-on is there, and a page's errors are seen. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Firefox } from "../browser/firefox.ts";

const FILES = {
  "manifest.json": JSON.stringify({
    manifest_version: 3,
    name: "Test",
    version: "1",
    browser_specific_settings: { gecko: { id: "test@example.org" } },
  }),
  "page.html": '<!doctype html><title>A page</title><script src="page.js"></script>',
  "page.js": "globalThis.version = browser.runtime.getManifest().version;",
};

declare const version: string;

let firefox: Firefox;
let scratch: string;
let folder: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "add-on-"));
  folder = join(scratch, "folder");
  await mkdir(folder);
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  firefox = await Firefox.start();
});
afterAll(async () => {
  await firefox?.close();
  await rm(scratch, { recursive: true, force: true });
});

async function expectPages(origin: string): Promise<void> {
  expect(origin).toMatch(/^moz-extension:\/\/[0-9a-f-]{36}$/);
  const page = await firefox.newPage();
  await page.goto(`${origin}/page.html`);
  expect(await page.evaluate(() => [document.title, version])).toEqual(["A page", "1"]);
  await page.close();
}

it("an add-on in a folder is installed, and its pages open", async () => {
  await expectPages(await firefox.installExtension(folder));
});

it("an add-on in a zip file is installed, and its pages open", async () => {
  const zip = join(folder, "../add-on.zip");
  execFileSync("python3", ["-m", "zipfile", "-c", zip, ...Object.keys(FILES)], { cwd: folder });
  await expectPages(await firefox.installExtension(zip));
});

it("a page's error is the test's, and so is a condition that does not come", async () => {
  const page = await firefox.newPage();
  const work = page.evaluate(async () => {
    throw new RangeError("mine");
  });
  await expect(work).rejects.toThrow("mine");
  await expect(page.waitFor("globalThis.nothing", 100)).rejects.toThrow("globalThis.nothing");
  await page.close();
});

it("at its end no process and no file of it is left", async () => {
  const other = await Firefox.start();
  const capabilities = await other.driver.getCapabilities();
  const folder = dirname(capabilities.get("moz:profile") as string);
  expect(existsSync(folder)).toBe(true);
  await other.close();
  expect(() => process.kill(capabilities.get("moz:processID") as number, 0)).toThrow("ESRCH");
  expect(existsSync(folder)).toBe(false);
});

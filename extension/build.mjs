/**
 * Bundles the extension for Chrome into target/extension/chrome/: `node extension/build.mjs [--dev]`.
 *
 * Scripts are bundled to the place where their page or the manifest looks for them; everything else is
 * copied as it is, so that extension/ and the result have the same folders.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const from = join(root, "extension");
const to = join(root, "target/extension/chrome");
const isDev = process.argv.includes("--dev");

/** Result path without `.js`, and the script that it is made of. */
const scripts = {
  "background/background": "extension/background/background.ts",
  "offscreen/offscreen": "extension/offscreen/offscreen.ts",
  "workspace/workspace": "extension/workspace/workspace.ts",
  "popup/popup": "extension/popup/popup.ts",
  "panel/panel": "extension/panel/panel.ts",
  "content/overlay": "extension/content/overlay.ts",
  "options/options": "extension/options/options.ts",
  "hash-worker": "deadlinejs/worker/hash-worker.ts",
};

const asIs = [
  "manifest.json",
  "_locales",
  "icons",
  "offscreen/offscreen.html",
  "workspace/workspace.html",
  "workspace/workspace.css",
  "popup/popup.html",
  "popup/popup.css",
  "panel/panel.css",
  "content/overlay.html",
  "content/overlay.css",
  "options/options.html",
  "options/options.css",
  "shared/style",
];

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
for (const path of asIs) await cp(join(from, path), join(to, path), { recursive: true });
await cp(join(root, "wasm/pkg/rusty_attachments_wasm_bg.wasm"), join(to, "rusty_attachments_wasm_bg.wasm"));
await writePanel();
const bundling = {
  absWorkingDir: root,
  outdir: to,
  bundle: true,
  platform: "browser",
  target: "chrome123",
  minify: !isDev,
  sourcemap: isDev ? "inline" : false,
  logLevel: "warning",
};
await build({ ...bundling, entryPoints: scripts, format: "esm" });
// A content script is no module.
await build({
  ...bundling,
  entryPoints: { "content/drop-overlay": "extension/content/drop-overlay.ts" },
  format: "iife",
});

/** Writes the panel's page: its own markup around what the workspace's page holds below its bar. */
async function writePanel() {
  const workspace = await readFile(join(from, "workspace/workspace.html"), "utf8");
  const panel = await readFile(join(from, "panel/panel.html"), "utf8");
  const columns = /<div class="columns">.*(?=<\/body>)/s.exec(workspace)?.[0];
  const place = /<!-- The build puts .*? -->/s;
  if (columns === undefined || !place.test(panel))
    throw new Error("The panel has no place, or nothing, for it.");
  await mkdir(join(to, "panel"), { recursive: true });
  await writeFile(
    join(to, "panel/panel.html"),
    panel.replace(place, () => columns),
  );
}

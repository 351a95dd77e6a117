/**
 * Bundles the extension into target/extension/chrome/ and target/extension/firefox/: `node extension/build.mjs [--dev]`.
 *
 * Scripts are bundled to the place where their page or the manifest looks for them; everything else is
 * copied as it is, so that extension/ and the results have the same folders.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
// biome-ignore lint/correctness/useImportExtensions: biome takes the file of its types for it
import { manifestFor } from "./manifest-for.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const from = join(root, "extension");
const isDev = process.argv.includes("--dev");

/** Result path without `.js`, and the script that it is made of: pages, in every browser. */
const pageScripts = {
  "workspace/workspace": "extension/workspace/workspace.ts",
  "popup/popup": "extension/popup/popup.ts",
  "options/options": "extension/options/options.ts",
  "hash-worker": "deadlinejs/worker/hash-worker.ts",
};
/** What each browser has: its background, and Chrome a page that is the engine host. */
const browsers = {
  chrome: {
    target: "chrome123",
    scripts: {
      "background/background": "extension/background/background.ts",
      "offscreen/offscreen": "extension/offscreen/offscreen.ts",
    },
    asIs: ["offscreen/offscreen.html", "managed-schema.json"],
  },
  firefox: {
    target: "firefox142",
    scripts: { "background/event-page": "extension/background/event-page.ts" },
    asIs: [],
  },
};
const asIs = [
  "_locales",
  "icons",
  "workspace/workspace.html",
  "workspace/workspace.css",
  "popup/popup.html",
  "popup/popup.css",
  "options/options.html",
  "options/options.css",
  "shared/style",
];

const manifest = JSON.parse(await readFile(join(from, "manifest.json"), "utf8"));

for (const [name, browser] of Object.entries(browsers)) {
  const to = join(root, "target/extension", name);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await writeFile(join(to, "manifest.json"), `${JSON.stringify(manifestFor(name, manifest), null, 2)}\n`);
  for (const path of [...asIs, ...browser.asIs])
    await cp(join(from, path), join(to, path), { recursive: true });
  await cp(join(root, "wasm/pkg/rusty_attachments_wasm_bg.wasm"), join(to, "rusty_attachments_wasm_bg.wasm"));
  const scripts = { ...pageScripts, ...browser.scripts };
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: scripts,
    outdir: to,
    bundle: true,
    // What several scripts need travels once.
    splitting: true,
    chunkNames: "shared/[name]-[hash]",
    define: { BUILT_FOR: JSON.stringify(name) },
    format: "esm",
    platform: "browser",
    target: browser.target,
    minify: !isDev,
    sourcemap: isDev ? "inline" : false,
    logLevel: "warning",
    metafile: true,
  });
  await dropUnused(metafile, Object.keys(scripts), to);
}

/**
 * Removes the chunks that no script imports any more: of a library that a script uses a little of, esbuild leaves out
 * the rest, but not what that rest would have loaded later.
 */
async function dropUnused({ outputs }, scripts, to) {
  const pathOf = (output) => relative(to, join(root, output));
  const used = new Set(scripts.map((script) => `${script}.js`));
  for (const path of used) {
    const [, { imports }] = Object.entries(outputs).find(([output]) => pathOf(output) === path);
    for (const { path: imported } of imports) used.add(pathOf(imported));
  }
  for (const output of Object.keys(outputs)) if (!used.has(pathOf(output))) await rm(join(root, output));
}

/**
 * Bundles the extension into target/extension/chrome/ and target/extension/firefox/: `node extension/build.mjs [--dev] [--metafile FILE]`.
 *
 * Scripts are bundled to the place where their page or the manifest looks for them; everything else is
 * copied as it is, so that extension/ and the results have the same folders.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
// biome-ignore lint/correctness/useImportExtensions: biome takes the file of its types for it
import { manifestFor } from "./manifest-for.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const from = join(root, "extension");
/** `metafile`: where to write what esbuild tells of Chrome's scripts. */
const { dev: isDev = false, metafile: metafilePath } = parseArgs({
  options: { dev: { type: "boolean" }, metafile: { type: "string" } },
}).values;

/** Result path without `.js`, and the script that it is made of: pages, in every browser. */
const pageScripts = {
  "workspace/workspace": "extension/workspace/workspace.ts",
  "panel/panel": "extension/panel/panel.ts",
  "content/overlay": "extension/content/overlay.ts",
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
  "panel/panel.css",
  "content/overlay.html",
  "content/overlay.css",
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
  await writePanel(to);
  const bundling = {
    absWorkingDir: root,
    outdir: to,
    bundle: true,
    define: { BUILT_FOR: JSON.stringify(name) },
    platform: "browser",
    target: browser.target,
    minify: !isDev,
    sourcemap: isDev ? "inline" : false,
    logLevel: "warning",
  };
  // The popup is opened anew for each look at it: one script and one style are painted a fifth sooner than twenty files.
  const popup = await build({
    ...bundling,
    entryPoints: ["extension/popup/popup.ts", "extension/popup/popup.css"],
    outdir: join(to, "popup"),
    format: "esm",
    metafile: true,
  });
  const scripts = { ...pageScripts, ...browser.scripts };
  const { metafile } = await build({
    ...bundling,
    entryPoints: scripts,
    format: "esm",
    // What several scripts need travels once.
    splitting: true,
    chunkNames: "shared/[name]-[hash]",
    metafile: true,
  });
  // A content script is no module.
  await build({
    ...bundling,
    entryPoints: { "content/drop-overlay": "extension/content/drop-overlay.ts" },
    format: "iife",
  });
  if (name === "chrome" && metafilePath) {
    const both = { ...metafile.outputs, ...popup.metafile.outputs };
    const outputs = Object.fromEntries(Object.entries(both).filter(([path]) => path.endsWith(".js")));
    await writeFile(metafilePath, JSON.stringify({ ...metafile, outputs }));
  }
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

/** Writes the panel's page: its own markup around what the workspace's page holds below its bar. */
async function writePanel(to) {
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

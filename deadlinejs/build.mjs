/**
 * Makes the npm package in target/deadlinejs/package/ and packs it: `node deadlinejs/build.mjs`. Prints the
 * path of the tarball. wasm/pkg/ must have been built.
 *
 * dist/ has a file for each of src/, so that bundlers leave out what is not used; the WASM package lies in
 * dist/common/, because a module worker has no import map that could find it elsewhere. The hash worker and
 * the slim entry are single files.
 */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "deadlinejs");
const out = join(root, "target/deadlinejs");
const dist = join(out, "package/dist");
const WASM_PACKAGE = '"rusty-attachments-wasm"';
/** Named in `src/common/module-url.ts`. */
const WASM_FILE = "rusty_attachments_wasm_bg.wasm";
const bundle = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

/** What knows where the module and the worker are is replaced by what knows nothing. */
const slim = {
  name: "slim",
  setup({ onResolve }) {
    onResolve({ filter: /\/(module-url|default-worker)\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(".ts", ".slim.ts")),
    }));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
run(join(root, "node_modules/.bin/tsc"), ["-p", join(source, "tsconfig.build.json")]);
await settleImports();
await takeInWasmPackage();
await buildWorker();
await buildSlim();
await describe();
const [{ filename }] = JSON.parse(
  run("npm", ["pack", join(out, "package"), "--pack-destination", out, "--json"]),
);
console.log(join(out, basename(filename)));

/** The compiler leaves `.ts` in the imports of declarations; and the WASM package is one of our own files. */
async function settleImports() {
  for (const path of await readdir(dist, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(path)) continue;
    const file = join(dist, path);
    const text = await readFile(file, "utf8");
    let settled = text.replace(/((?:from|import\()\s*"\.[^"]*)\.ts"/g, '$1.js"');
    if (settled.includes(WASM_PACKAGE)) {
      if (dirname(path) !== "common") throw new Error(`${path} imports the WASM package past common/`);
      settled = settled.replaceAll(WASM_PACKAGE, '"./rusty_attachments_wasm.js"');
    }
    if (settled !== text) await writeFile(file, settled);
  }
}

async function takeInWasmPackage() {
  for (const name of await readdir(join(root, "wasm/pkg"))) {
    // The declarations of the compiled module's own exports are of no use to anybody.
    if (name.startsWith(".") || name.endsWith(".wasm.d.ts")) continue;
    await cp(join(root, "wasm/pkg", name), join(dist, "common", name));
  }
}

/** The worker is handed its module: an address in it would be looked up by bundlers, in vain. */
async function buildWorker() {
  await build({
    ...bundle,
    entryPoints: [join(source, "worker/hash-worker.ts")],
    outfile: join(dist, "hash/hash-worker.js"),
    plugins: [slim],
  });
}

async function buildSlim() {
  await build({
    ...bundle,
    entryPoints: [join(source, "src/index.ts")],
    outfile: join(dist, "slim.js"),
    external: ["@aws-sdk/*"],
    plugins: [slim],
  });
  const types = "/** As the main entry, but `init` must be called with a source first. */\n";
  await writeFile(join(dist, "slim.d.ts"), `${types}export * from "./index.js";\n`);
}

async function describe() {
  const {
    private: _,
    dependencies,
    exports: __,
    ...rest
  } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const { "rusty-attachments-wasm": ___, ...others } = dependencies;
  const entry = (path) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` });
  const description = {
    ...rest,
    exports: {
      ".": entry("index"),
      "./common": entry("common/index"),
      "./hash": entry("hash/index"),
      "./journal": entry("journal/index"),
      "./storage": entry("storage/index"),
      "./slim": entry("slim"),
      "./hash-worker.js": "./dist/hash/hash-worker.js",
      [`./${WASM_FILE}`]: `./dist/common/${WASM_FILE}`,
      "./package.json": "./package.json",
    },
    files: ["dist", "docs", "examples"],
    dependencies: others,
  };
  const file = join(out, "package/package.json");
  await writeFile(file, `${JSON.stringify(description, null, 2)}\n`);
  await cp(join(root, "LICENSE"), join(out, "package/LICENSE"));
  await cp(join(source, "examples"), join(out, "package/examples"), { recursive: true });
  await takeInDocuments();
}

/** The pages that the README leads to come along. */
async function takeInDocuments() {
  const readme = await readFile(join(source, "README.md"), "utf8");
  const moved = readme.replaceAll("](../docs/", "](docs/");
  await writeFile(join(out, "package/README.md"), moved);
  for (const [, name] of moved.matchAll(/\]\(docs\/([^)]+)\)/g))
    await cp(join(root, "docs", name), join(out, "package/docs", name));
}

function run(program, args) {
  return execFileSync(program, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

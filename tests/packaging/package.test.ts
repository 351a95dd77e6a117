/** What the package says of itself, and what a part of it brings along. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, it } from "vitest";
import { tarball, unpack } from "./unpacked.ts";

let folder: string;
let description: { dependencies: Record<string, string> };
beforeAll(async () => {
  folder = await unpack("package");
  description = JSON.parse(await readFile(join(folder, "node_modules/deadlinejs/package.json"), "utf8"));
});

it("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: join(folder, "node_modules/deadlinejs"), strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it("the types are found by everybody who can use ES modules", async () => {
  const packed = createPackageFromTarballData(await readFile(await tarball()));
  const scripts = ["./hash-worker.js", "./rusty_attachments_wasm_bg.wasm"];
  const analysis = await checkPackage(packed, { excludeEntrypoints: scripts });
  if (!analysis.types) throw new Error("there are no types");
  expect(Object.keys(analysis.entrypoints).toSorted()).toEqual(
    [".", "./common", "./hash", "./journal", "./package.json", "./slim", "./storage"].toSorted(),
  );
  // Old resolution knows no `exports`, and CommonJS has to use import().
  const others = analysis.problems.filter(
    (problem) => !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind)),
  );
  expect(others).toEqual([]);
});

/** Bundles a script and tells of which packages it took something, and which it wants at run time. */
async function bundled(script: string): Promise<{ inputs: string[]; external: string[]; text: string }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: script, resolveDir: folder },
    absWorkingDir: folder,
    bundle: true,
    format: "esm",
    platform: "browser",
    outdir: folder,
    metafile: true,
    write: false,
    minify: true,
    logLevel: "error",
    external: ["@aws-sdk/*", "idb"],
  });
  const outputs = Object.values(metafile.outputs);
  return {
    inputs: outputs.flatMap(({ inputs }) => Object.keys(inputs)),
    external: outputs.flatMap(({ imports }) => imports.map(({ path }) => path)),
    text: outputFiles[0]?.text ?? "",
  };
}

describe("a part of the package", () => {
  it.each([
    'export { createHashExecutor } from "deadlinejs/hash";',
    'export { hashFilesOnly, createManifestFromFiles } from "deadlinejs";',
    'export { SignedFetchStore, fullCasKey } from "deadlinejs/storage";',
    'export { casKey, Manifest } from "deadlinejs";',
    'export { openJournal } from "deadlinejs/journal";',
  ])("does not bring the AWS SDK: %s", async (script) => {
    const { external } = await bundled(script);
    expect(external.filter((name) => name.startsWith("@aws-sdk/"))).toEqual([]);
  });

  it("brings only what it needs", async () => {
    const { inputs } = await bundled('export { hashFileStreaming } from "deadlinejs";');
    const folders = inputs.map((path) => path.split("/dist/")[1]?.split("/")[0]);
    expect(new Set(folders.filter((name) => name !== undefined))).toEqual(new Set(["common", "hash"]));
  });

  it("does nothing by being imported", async () => {
    expect((await bundled('import "deadlinejs"; import "deadlinejs/hash";')).text).toBe("");
  });
});

it("all that it imports is among its dependencies", async () => {
  const { external } = await bundled('export * from "deadlinejs"; export * as slim from "deadlinejs/slim";');
  expect(new Set(external)).toEqual(new Set(Object.keys(description.dependencies)));
});

it("no path of the machine that built it is in it", async () => {
  const root = join(import.meta.dirname, "../..");
  for (const path of ["slim.js", "hash/hash-worker.js", "index.js", "common/load-wasm.js"])
    expect(await readFile(join(folder, "node_modules/deadlinejs/dist", path), "utf8")).not.toContain(root);
});

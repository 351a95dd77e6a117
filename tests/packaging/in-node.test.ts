/** The packed package in Node, and what a strict TypeScript project sees of it. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { xxhash128 } from "hash-wasm";
import { beforeAll, expect, it } from "vitest";
import { expected } from "./expected.ts";
import { unpack } from "./unpacked.ts";

let folder: string;
beforeAll(async () => {
  folder = await unpack("in-node");
});

it("Node reads files from disk, and the same modules work there", async () => {
  const bytes = Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * 131 + 7) % 256);
  await writeFile(join(folder, "from-disk"), bytes);
  const printed = execFileSync("node", ["node.mjs", "from-disk"], { cwd: folder, encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual({
    ...expected("main"),
    fromDisk: await xxhash128(bytes),
    files: 1,
  });
});

it.each([
  ["bundler", "ESNext"],
  ["nodenext", "nodenext"],
])("strict TypeScript sees the types with moduleResolution %s", async (moduleResolution, module) => {
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"],
    module,
    moduleResolution,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const config = join(folder, `tsconfig.${moduleResolution}.json`);
  await writeFile(config, JSON.stringify({ compilerOptions, files: ["types.ts"] }));
  // A project of ES modules.
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const tsc = resolve(import.meta.dirname, "../../node_modules/.bin/tsc");
  let said = "";
  try {
    execFileSync(tsc, ["-p", config], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    said = (error as { stdout: string }).stdout;
  }
  expect(said).toBe("");
});

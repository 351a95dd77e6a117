/** docs/dependencies.md names everything that ships, with a reason. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");

/** Names in the first column of the table of what ships. Each has something in the second column. */
async function named(): Promise<Set<string>> {
  const text = await readFile(join(ROOT, "docs/dependencies.md"), "utf8");
  const table = /^## In what ships$(.*?)^## /ms.exec(text)?.[1] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| Dependency"));
  return new Set(
    rows.flatMap((row) => {
      const [, names = "", reason = ""] = row.split("|");
      return reason.trim() === ""
        ? []
        : names
            .replace(/\(.*?\)/g, "")
            .split(",")
            .map((name) => name.trim());
    }),
  );
}

interface Package {
  name: string;
  source: string | null;
  dependencies: { name: string; kind: string | null; source: string | null }[];
}

it("names every crate that the module is made of", async () => {
  const metadata = execFileSync("cargo", ["metadata", "--format-version", "1", "--locked", "--no-deps"], {
    cwd: ROOT,
    maxBuffer: 1e8,
  });
  const ours: Package[] = JSON.parse(metadata.toString()).packages;
  const inModule = ["model", "transfer", "accounts", "wasm"].map((name) => `rusty-attachments-${name}`);
  const crates = ours
    .filter(({ name }) => inModule.includes(name))
    .flatMap(({ dependencies }) => dependencies)
    .filter(({ kind, source }) => kind === null && source !== null)
    .map(({ name }) => name);
  expect(crates.length).toBeGreaterThan(10);
  const names = await named();
  expect(crates.filter((name) => !names.has(name))).toEqual([]);
});

it("names every npm package of the extension and of the library", async () => {
  const names = await named();
  for (const folder of ["extension", "deadlinejs"]) {
    const { dependencies } = JSON.parse(await readFile(join(ROOT, folder, "package.json"), "utf8"));
    const others = Object.keys(dependencies).filter(
      (name) => !/^(deadlinejs|rusty-attachments-wasm)$/.test(name),
    );
    expect(others.length).toBeGreaterThan(1);
    expect(others.filter((name) => !names.has(name))).toEqual([]);
  }
});

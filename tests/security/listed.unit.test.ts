/** docs/security.md and the tests name each other truly. */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const text = await readFile(join(ROOT, "docs/security.md"), "utf8");
const read = (path: string) => readFile(join(ROOT, path), "utf8").catch(() => undefined);

it("names every test of this folder", async () => {
  const tests = (await readdir(import.meta.dirname, { recursive: true })).filter((path) =>
    path.endsWith(".test.ts"),
  );
  const self = "listed.unit.test.ts";
  const unnamed = tests.filter(
    (path) => path !== self && !path.startsWith("supply/") && !text.includes(path),
  );
  expect(unnamed).toEqual([]);
  expect(text).toContain("`supply/`");
});

it("names no file that is not there", async () => {
  const paths = [...text.matchAll(/`(\w[\w/.-]*\.(?:ts|rs))`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(40);
  const missing: string[] = [];
  for (const path of new Set(paths))
    if (!(await read(`tests/security/${path}`)) && !(await read(path))) missing.push(path);
  expect(missing).toEqual([]);
});

it("names no test that is not there", async () => {
  const missing: string[] = [];
  for (const [, path = "", titles = ""] of text.matchAll(
    /`([\w/.-]+\.test\.ts)`: ((?:\*[^*]+\*(?:, )?)+)/g,
  )) {
    const source = await read(`tests/security/${path}`);
    for (const [, title = ""] of titles.matchAll(/\*([^*]+)\*/g)) {
      // A title may be made for several cases: what stands before the dots, or without the last word.
      const beginning = title
        .replace(/ ?…$/, "")
        .replace(/^from our script in a web page$/, "our script in a web page");
      if (!source?.includes(beginning)) missing.push(`${path}: ${title}`);
    }
  }
  expect(missing).toEqual([]);
});

it("names no test of Rust that is not there", async () => {
  const names = [...text.matchAll(/`([a-z0-9]+(?:_[a-z0-9]+){2,})`/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(8);
  const sources: (string | undefined)[] = [];
  for (const crate of ["model", "transfer", "accounts"])
    for (const path of await readdir(join(ROOT, crate), { recursive: true }))
      if (path.endsWith(".rs")) sources.push(await read(`${crate}/${path}`));
  const all = sources.join("\n");
  expect([...new Set(names)].filter((name) => !all.includes(`fn ${name}(`))).toEqual([]);
});

it("has at least 20 abuse cases, each with what stops it and a test", () => {
  const rows = text.split("\n").filter((line) => /^\| \d+ \|/.test(line));
  expect(rows.length).toBeGreaterThanOrEqual(20);
  for (const row of rows) {
    const [, , who = "", stops = "", test = ""] = row.split("|").map((cell) => cell.trim());
    expect(
      [who, stops, test].every((cell) => cell !== ""),
      row,
    ).toBe(true);
  }
});

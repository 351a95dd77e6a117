/** Whether cargo-deny, as the project calls it, notices what it is there for: each test breaks one thing. */
import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const RULES = await readFile(join(ROOT, "deny.toml"), "utf8");

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "supply-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs cargo-deny with rules of our own. Its exit code, and what it says. */
async function deny(
  rules: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  const program = process.env.CARGO_DENY;
  if (program === undefined)
    throw new Error("CARGO_DENY names no program: `cargo xtask test supply` sets it.");
  const config = join(scratch, "deny.toml");
  await writeFile(config, rules);
  const call = promisify(execFile)(program, ["--locked", "--color", "never", "--config", config, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    maxBuffer: 1e8,
  });
  return call.then(
    ({ stderr }) => ({ code: 0, said: stderr }),
    ({ code, stderr }) => ({ code, said: `${stderr}` }),
  );
}

/** The rules with one place changed; throws where there is no such place. */
function broken(place: string | RegExp, by: string): string {
  const rules = RULES.replace(place, by);
  if (rules === RULES) throw new Error(`deny.toml has no ${place}.`);
  return rules;
}

it("the rules as they are let everything pass", async () => {
  expect(await deny(RULES, ["check", "licenses", "bans", "sources"])).toMatchObject({ code: 0 });
});

it("a licence that is not allowed fails", async () => {
  const { code, said } = await deny(broken('    "Unicode-3.0",\n', ""), ["check", "licenses"]);
  expect(code).not.toBe(0);
  expect(said).toContain("failed to satisfy license requirements");
});

it("a licence that nobody needs any more fails", async () => {
  const rules = broken("allow = [\n", 'allow = [\n    "Artistic-2.0",\n');
  const { code, said } = await deny(rules, ["check", "--deny", "license-not-encountered", "licenses"]);
  expect(code).not.toBe(0);
  expect(said).toContain("Artistic-2.0");
});

it("a crate from elsewhere than crates.io fails", async () => {
  const rules = broken("[sources]\n", '[sources]\nallow-registry = ["https://registry.example/index"]\n');
  const { code, said } = await deny(rules, ["check", "sources"]);
  expect(code).not.toBe(0);
  expect(said).toContain("source-not-allowed");
});

it("a known weakness in a crate fails", async () => {
  // A database like RustSec's that knows one thing, and git told to find it where RustSec's would be.
  const database = join(scratch, "database");
  await mkdir(join(database, "crates/itoa"), { recursive: true });
  const advisory = '[advisory]\nid = "RUSTSEC-2026-9999"\npackage = "itoa"\ndate = "2026-01-01"\n';
  await writeFile(
    join(database, "crates/itoa/RUSTSEC-2026-9999.md"),
    `\`\`\`toml\n${advisory}\n[versions]\npatched = []\n\`\`\`\n\n# Invented\n\nFor this test.\n`,
  );
  const git = (...args: string[]) => execFileSync("git", ["-C", database, ...args]);
  git("init", "--quiet", "--initial-branch", "main");
  git("add", ".");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "One");
  const instead = {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `url.file://${database}.insteadOf`,
    GIT_CONFIG_VALUE_0: "https://github.com/RustSec/advisory-db",
  };
  const rules = broken("[advisories]\n", `[advisories]\ndb-path = "${join(scratch, "fetched")}"\n`);
  expect(await deny(rules, ["fetch", "db"], instead)).toMatchObject({ code: 0 });
  const { code, said } = await deny(rules, ["check", "advisories"], instead);
  expect(code).not.toBe(0);
  expect(said).toContain("RUSTSEC-2026-9999");
});

/** The npm packages: from the registry only, none of their scripts run, and those that ship are known and allowed. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const run = promisify(execFile);

interface Locked {
  version?: string;
  license?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  peer?: boolean;
}
const lock: { packages: Record<string, Locked> } = JSON.parse(
  await readFile(join(ROOT, "package-lock.json"), "utf8"),
);
const foreign = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes("node_modules/") && !link,
);
/** What the extension or the library brings along. The compiler is a peer that valibot can do without. */
const shipped = foreign.filter(([path, { dev, peer }]) => !dev && !peer && !path.includes("/@typescript/"));

/** Each asks no more than to be named; MPL-2.0 also that changes to its files are given away, and none is changed. */
const ALLOWED = ["0BSD", "Apache-2.0", "ISC", "MIT"];
const EXCEPTIONS: Record<string, string> = { "node_modules/webextension-polyfill": "MPL-2.0" };

it("licences of what ships are allowed ones", () => {
  expect(shipped.length).toBeGreaterThan(5);
  const others = shipped.filter(
    ([path, { license }]) => !ALLOWED.includes(license ?? "") && EXCEPTIONS[path] !== license,
  );
  expect(others).toEqual([]);
});

it("every package comes from the registry, and its bytes are known", () => {
  const others = foreign.filter(
    ([, { resolved = "", integrity }]) =>
      !integrity?.startsWith("sha512-") || /^(git|file|http:)/.test(resolved),
  );
  expect(others.map(([path]) => path)).toEqual([]);
});

it("install scripts of packages do not run", async () => {
  const { stdout } = await run("npm", ["config", "get", "ignore-scripts"], { cwd: ROOT });
  expect(stdout.trim()).toBe("true");
});

it("the extension names its packages by exact versions", async () => {
  const { dependencies } = JSON.parse(await readFile(join(ROOT, "extension/package.json"), "utf8"));
  for (const version of Object.values<string>(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

it("a known weakness in a package that ships is found by npm", async () => {
  const asked: string[] = [];
  const weakness = { id: 1, url: "https://example.com/1", title: "Invented", severity: "low" };
  const known = { valibot: [{ ...weakness, vulnerable_versions: "*", cwe: [], cvss: { score: 0 } }] };
  const versions = { "1.5.0": { name: "valibot", version: "1.5.0" } };
  const about = { name: "valibot", "dist-tags": { latest: "1.5.0" }, versions };
  const registry = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = JSON.stringify(request.method === "POST" ? known : about);
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end(answer));
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  try {
    const address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
    const audit = run("npm", ["audit", "--omit=dev", "--json", "--registry", address], { cwd: ROOT });
    const failure = await audit.then(
      () => undefined,
      (error: { stdout: string }) => error,
    );
    expect(asked).toContain("POST /-/npm/v1/security/advisories/bulk");
    expect(JSON.parse(failure?.stdout ?? "{}").metadata.vulnerabilities.total).toBeGreaterThan(0);
  } finally {
    registry.close();
    registry.closeAllConnections();
  }
});

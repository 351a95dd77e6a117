/** What is built for both browsers: what it asks for, what its pages let run, and what its scripts can do. */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const BUILT = resolve(import.meta.dirname, "../../target/extension");

interface Manifest {
  permissions: string[];
  host_permissions?: string[];
  optional_permissions?: string[];
  optional_host_permissions: string[];
  content_scripts?: unknown;
  externally_connectable?: unknown;
  content_security_policy: { extension_pages: string; sandbox?: string };
  web_accessible_resources: { resources: string[]; matches: string[]; use_dynamic_url?: boolean }[];
  [key: string]: unknown;
}

/** All that may be asked for at installation. */
const API_PERMISSIONS = [
  "storage",
  "contextMenus",
  "notifications",
  "alarms",
  "offscreen",
  "scripting",
  "activeTab",
  "sidePanel",
];
/** Addresses that never leave this computer, as match patterns and as sources of a policy. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost)(:\*|\/\*)?$/;

/** The sources of each directive of a policy. */
function directives(policy: string): Map<string, string[]> {
  const parts = policy.split(";").map((part) => part.trim().split(/\s+/));
  return new Map(parts.map(([name = "", ...sources]) => [name, sources]));
}

/** What fits, with what is around it. */
function found(text: string, pattern: RegExp): string[] {
  const all = [...text.matchAll(new RegExp(pattern.source, `g${pattern.flags}`))];
  return all.map(({ index }) => text.slice(Math.max(0, index - 20), index + 60));
}

describe.each(["chrome", "firefox"])("the package for %s", async (name) => {
  const folder = join(BUILT, name);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const read = async (ending: string): Promise<{ path: string; text: string }[]> =>
    Promise.all(
      files
        .filter((path) => path.endsWith(ending))
        .map(async (path) => ({ path: path.slice(folder.length + 1), text: await readFile(path, "utf8") })),
    );
  const manifest: Manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));

  it("asks for none but these permissions of interfaces, and for no others later", () => {
    expect(manifest.permissions.length).toBeGreaterThan(0);
    expect(manifest.permissions.filter((permission) => !API_PERMISSIONS.includes(permission))).toEqual([]);
    expect(manifest.optional_permissions).toBeUndefined();
  });

  it("asks for no host at installation, and is in no page by itself", () => {
    expect(manifest.host_permissions).toBeUndefined();
    expect(manifest.content_scripts).toBeUndefined();
  });

  it("can be given hosts by HTTPS only, except on this computer", () => {
    const others = manifest.optional_host_permissions.filter((pattern) => !LOOPBACK.test(pattern));
    expect(others).toEqual(["https://*/*"]);
  });

  it("takes no messages from web pages or other extensions", async () => {
    // Without this key Chrome lets every other extension in; Firefox does not know it.
    expect(manifest.externally_connectable).toEqual(name === "chrome" ? { ids: [] } : undefined);
    for (const { path, text } of await read(".js"))
      expect(found(text, /on(Message|Connect)External\s*\.\s*addListener/), path).toEqual([]);
  });

  it("shows web pages the overlay and nothing else", () => {
    expect(manifest.web_accessible_resources.map(({ resources }) => resources)).toEqual([
      ["content/overlay.html"],
    ]);
    const [overlay] = manifest.web_accessible_resources;
    expect(overlay?.matches.filter((pattern) => !LOOPBACK.test(pattern))).toEqual(["https://*/*"]);
    // Firefox's address of an extension is a random one anyway.
    if (name === "chrome") expect(overlay?.use_dynamic_url).toBe(true);
  });

  it("has a policy that lets run what is in the package and nothing else", () => {
    const { extension_pages, sandbox } = manifest.content_security_policy;
    expect(sandbox).toBeUndefined();
    expect(extension_pages).not.toMatch(/unsafe-inline|'unsafe-eval'|unsafe-hashes|nonce-|blob:|\*:/);
    const policy = directives(extension_pages);
    expect(policy.get("script-src")).toEqual(["'self'", "'wasm-unsafe-eval'"]);
    expect(policy.get("default-src")).toEqual(["'self'"]);
    for (const directive of ["object-src", "base-uri", "form-action"])
      expect(policy.get(directive), directive).toEqual(["'none'"]);
    // Everything else that could load code or a frame falls back to the default.
    for (const directive of [
      "worker-src",
      "child-src",
      "frame-src",
      "script-src-elem",
      "style-src",
      "font-src",
    ])
      expect(policy.get(directive) ?? ["'self'"], directive).toEqual(["'self'"]);
  });

  it("sends requests by HTTPS only, except to this computer", () => {
    const sources = directives(manifest.content_security_policy.extension_pages).get("connect-src") ?? [];
    const others = sources.filter((source) => !LOOPBACK.test(source));
    expect(others.sort()).toEqual(["'self'", "data:", "https:"]);
  });

  it("has no script, style or handler inside its pages, and nothing in them comes from elsewhere", async () => {
    const pages = await read(".html");
    expect(pages.length).toBeGreaterThan(3);
    for (const { path, text } of pages) {
      expect(found(text, /<script(?![^>]*\bsrc=)/i), path).toEqual([]);
      expect(found(text, /<style\b|\sstyle\s*=/i), path).toEqual([]);
      expect(found(text, /\son[a-z]+\s*=/i), path).toEqual([]);
      expect(found(text, /javascript:|<base\b|<iframe|<object|<embed|http-equiv/i), path).toEqual([]);
      const addresses = [...text.matchAll(/\s(?:src|href)\s*=\s*"([^"]*)"/gi)].map(([, address]) => address);
      expect(
        addresses.filter((address) => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address ?? "")),
        path,
      ).toEqual([]);
    }
  });

  it("makes no code and no markup out of data, and loads no code from elsewhere", async () => {
    const scripts = await read(".js");
    expect(scripts.length).toBeGreaterThan(5);
    for (const { path, text } of scripts) {
      expect(found(text, /\.(innerHTML|outerHTML|srcdoc)\s*(\+?=)(?!=)/), path).toEqual([]);
      expect(
        found(text, /insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|DOMParser/),
        path,
      ).toEqual([]);
      expect(
        found(text, /\beval\s*\(|new\s+Function\b|[^.\w]Function\s*\(\s*["'`)]|importScripts/),
        path,
      ).toEqual([]);
      expect(found(text, /set(Timeout|Interval)\s*\(\s*["'`]/), path).toEqual([]);
      expect(found(text, /\b(import|from)\s*\(?\s*["'`](https?:)?\/\//), path).toEqual([]);
      // What is imported later lies in the package, under a fixed name.
      for (const [call] of text.matchAll(/\bimport\s*\([^)]*\)/g))
        expect(call, path).toMatch(/^import\("\.{1,2}\/[\w./-]+\.js"\)$/);
    }
  });

  it("keeps what holds a secret out of content scripts", async () => {
    const [script] = (await read("content/drop-overlay.js")).map(({ text }) => text);
    expect(script).toBeDefined();
    expect(found(script ?? "", /credential|secret|storage|request\.sign|\bimport\b/i)).toEqual([]);
  });
});

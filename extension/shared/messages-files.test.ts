/** The two files of messages agree with each other and with the sources that use them. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import de from "../_locales/de/messages.json" with { type: "json" };
import en from "../_locales/en/messages.json" with { type: "json" };
import { codesOfFields, codesOfProblems } from "./problem-codes.ts";

interface Message {
  message: string;
  description?: string;
  placeholders?: Record<string, { content: string }>;
}

const extension = dirname(import.meta.dirname);
const english: Record<string, Message> = en;
const german: Record<string, Message> = de;
const read = (path: string): string => readFileSync(join(extension, path), "utf8");
const files = readdirSync(extension, { encoding: "utf8", recursive: true });
const scripts = files.filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
// The offscreen document is a page that nobody sees.
const pages = files.filter((path) => path.endsWith(".html") && !path.startsWith("offscreen/"));

/** Where German really is written as English is: names, units, and words that both use. */
const SAME_IN_GERMAN = [
  /^extension(Short)?Name$/,
  /^format(Bytes_[A-Z]|Bytes_k|Hours|Minutes|Percent|Seconds|Speed)/,
  /^(menuNoProfile|sharedAnnouncement)$/,
  /^files(Count|Row|RowProblem)$/,
  /^historyComplete$/,
  /^profile(Bucket|Region)$/,
  /^workspace(Amount|Farm|Queue|Region|Title|Waits)$/,
  /^options(Cache|FarmChoice|Posix|Problem|Queue|QueueChoice|StepBucket|StepRegion|StepServer|Windows)$/,
];

describe("the messages", () => {
  it("have the same names in both languages, in the order of the alphabet", () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    expect(Object.keys(english)).toEqual(Object.keys(english).sort());
  });

  it("have names that browsers take, which do not tell small letters from large ones", () => {
    const names = Object.keys(english);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_]+$/);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it("have the same placeholders in both languages, each of them used", () => {
    for (const [name, { message, placeholders = {} }] of Object.entries(english)) {
      expect(german[name]?.placeholders ?? {}, name).toEqual(placeholders);
      for (const text of [message, german[name]?.message ?? ""]) {
        const used = [...text.replaceAll("$$", "").matchAll(/\$(\w+)\$/g)].map(([, word]) =>
          word?.toLowerCase(),
        );
        expect([...new Set(used)].sort(), `${name}: ${text}`).toEqual(Object.keys(placeholders).sort());
        expect(text, name).not.toMatch(/\$\d|[{}]/);
      }
      const numbers = Object.values(placeholders).map(({ content }) => content);
      expect(numbers.sort(), name).toEqual(numbers.map((_, at) => `$${at + 1}`));
    }
  });

  it("come in whole pairs for plurals", () => {
    const names = Object.keys(english);
    const stems = names.flatMap((name) => /^(.*)_(one|other)$/.exec(name)?.[1] ?? []);
    for (const stem of stems) {
      expect(names).toContain(`${stem}_one`);
      expect(names).toContain(`${stem}_other`);
    }
  });

  it("are nowhere English in the German file, but for what both languages write alike", () => {
    const same = Object.keys(english).filter((name) => german[name]?.message === english[name]?.message);
    const unexpected = same.filter((name) => !SAME_IN_GERMAN.some((alike) => alike.test(name)));
    expect(unexpected).toEqual([]);
  });

  it("are all used", () => {
    const sources = [...scripts, ...pages, "manifest.json"].map(read).join("\n");
    const byCode = new Set(
      [
        ...codesOfProblems().flatMap((code) => [`problem_${code}_what`, `problem_${code}_next`]),
        ...codesOfFields().map((code) => `field_${code}`),
      ].map((name) => name.replaceAll("-", "_")),
    );
    const isUsed = (name: string): boolean =>
      byCode.has(name) ||
      [name, name.replace(/_(one|other)$/, "")].some((word) =>
        new RegExp(`["'_]${word}(["']|__)`).test(sources),
      ) ||
      new RegExp(`\\b${name}:`).test(sources) ||
      (/^formatBytes_/.test(name) && sources.includes("`formatBytes_${")) ||
      (/^problem_manifest_refused_/.test(name) && sources.includes('"problem_manifest_refused"'));
    expect(Object.keys(english).filter((name) => !isUsed(name))).toEqual([]);
  });
});

describe("the pages", () => {
  it.each(pages)("%s names only messages that there are", (path) => {
    const named = [...read(path).matchAll(/data-text(?:-[a-z-]+)?="([^"]*)"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect(english, path).toHaveProperty(name ?? "");
  });

  it.each(pages)("%s holds no words of its own", (path) => {
    // What is marked as data is no text.
    const markup = read(path).replace(/<!--.*?-->|<\w+[^>]*\sdata-data[^>]*>[^<]*/gs, "");
    const words = [...markup.matchAll(/>([^<]*\p{L}[^<]*)</gu)].map(([, text]) => text?.trim());
    expect(words).toEqual([]);
    expect(markup).not.toMatch(/\s(title|placeholder|aria-label|alt)="[^"]*\p{L}/u);
  });

  it("name only messages in the manifest that there are", () => {
    for (const [, name] of read("manifest.json").matchAll(/__MSG_(\w+)__/g))
      expect(english).toHaveProperty(name ?? "");
  });
});

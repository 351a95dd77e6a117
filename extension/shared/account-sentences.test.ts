import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ACCOUNT_SENTENCES } from "./account-sentences.ts";
import { speak } from "./fake-i18n.ts";
import { localProblem } from "./problem-text.ts";

const folder = join(import.meta.dirname, "../../accounts/src");
const files = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((file) =>
  file.endsWith(".rs"),
);
/** All of the crate, with `{}` for whatever a sentence takes. */
const rust = files
  .map((file) => readFileSync(join(folder, file), "utf8").split("#[cfg(test)]")[0])
  .join("\n")
  .replace(/\{\w*(:[^}]*)?\}/g, "{}");

afterEach(() => speak("en"));

describe("what Rust says of accounts", () => {
  it.each(Object.entries(ACCOUNT_SENTENCES))("%s is written so, and said in German", (name, sentence) => {
    // What a service has said stands in parentheses behind it.
    expect(rust.replaceAll("{}{}", "{}").replaceAll('{}"', '"')).toContain(
      sentence.replaceAll("{}{}", "{}").replaceAll('{}"', '"'),
    );
    const [, code = "", part = ""] = /^problem_(.*?)_(what|next)/.exec(name) ?? [];
    let number = 0;
    const filled = sentence.replaceAll("{}", () => {
      number += 1;
      return `value${number}`;
    });
    const problem = { code: code.replaceAll("_", "-"), what: "", next: "", [part]: filled };
    expect(localProblem(problem)).toMatchObject({ [part]: filled });
    speak("de");
    const german = (localProblem(problem) as unknown as Record<string, string>)[part] ?? "";
    expect(german).not.toBe(filled);
    for (const [value] of filled.matchAll(/value\d/g)) expect(german).toContain(value);
  });
});

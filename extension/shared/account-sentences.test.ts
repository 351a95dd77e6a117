import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { accountSentences, accountTexts } from "./account-problems.ts";
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

describe("every problem of accounts", () => {
  const written = accountSentences();

  it("is read from the source, with all that is said there", () => {
    expect(new Set(written.map(({ code }) => code)).size).toBeGreaterThanOrEqual(38);
    expect([...new Set(written.map(({ sentence }) => sentence))].sort()).toEqual(
      [...new Set(accountTexts())].sort(),
    );
  });

  it.each(written)("$code has a message of its own: $sentence", ({ code, sentence }) => {
    // A service need not have said anything.
    for (const value of /[a-z]\{\}/.test(sentence) ? [" (value)", ""] : ["value"]) {
      const filled = sentence.replaceAll("{}", value);
      const problem = { code, what: filled, next: filled };
      // What is said in English is what Rust says, and not what another layer says with the same code.
      const english = localProblem(problem);
      speak("de");
      const german = localProblem(problem);
      speak("en");
      const said = (["what", "next"] as const).filter(
        (part) =>
          english[part] === filled &&
          german[part] !== filled &&
          (!sentence.includes("{}") || german[part].includes(value)),
      );
      expect(said).not.toEqual([]);
    }
  });
});

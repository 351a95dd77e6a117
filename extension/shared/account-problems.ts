/** For tests: every problem that `accounts/` writes, with its sentences, read from its source. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../accounts/src");
const TEXT = /"((?:[^"\\]|\\.)*)"/g;

/** A code, and one sentence that comes with it: values are `{}`. */
export interface AccountSentence {
  code: string;
  sentence: string;
}

/** Every sentence that a problem of `accounts/` can have. Each is written where the problem is made, or just before. */
export function accountSentences(): AccountSentence[] {
  return sources().flatMap((source) => {
    const made = [...source.matchAll(/\b(?:Problem|Self)::new\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"/g)];
    let end = 0;
    return made.flatMap(({ index, 1: code = "" }) => {
      const begin = Math.max(
        end,
        source.lastIndexOf("\nfn ", index),
        source.lastIndexOf("(super) fn ", index),
      );
      end = endOfCall(source, index);
      return sentencesIn(source.slice(begin, end)).map((sentence) => ({ code, sentence }));
    });
  });
}

/** Every text of `accounts/` that is a sentence, whoever says it. */
export function accountTexts(): string[] {
  return sources().flatMap(sentencesIn);
}

/** All sources, without their tests and comments. */
function sources(): string[] {
  const files = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((file) =>
    file.endsWith(".rs"),
  );
  return files.map((file) =>
    (readFileSync(join(folder, file), "utf8").split("#[cfg(test)]")[0] ?? "").replace(/^\s*\/\/.*$/gm, ""),
  );
}

/** Where the parenthesis closes that opens first after this place. */
function endOfCall(source: string, from: number): number {
  const bare = source.replace(TEXT, (text) => `"${" ".repeat(text.length - 2)}"`);
  let depth = 0;
  for (let at = bare.indexOf("(", from); at < bare.length; at += 1) {
    if (bare[at] === "(") depth += 1;
    if (bare[at] === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return bare.length;
}

/** What begins like a sentence and ends like one. What a service has said stands in parentheses behind a value: one with it. */
function sentencesIn(source: string): string[] {
  return [...source.matchAll(TEXT)]
    .map(([, text = ""]) => text.replace(/\{\w*\}/g, "{}").replace("{}{}", "{}"))
    .filter((text) => /^[A-Z{].* .*\.$/.test(text));
}

/**
 * For tests: which codes Rust and the upload driver can give a problem or a field error, and with which sentences, read
 * from their sources.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
/** A Rust source without its tests. */
const rust = (path: string): string => readFileSync(join(root, path), "utf8").split("#[cfg(test)]")[0] ?? "";

/** What judges a profile, field by field. */
const PROFILE_RULES = ["mod", "judge", "store_place"]
  .map((file) => rust(`model/src/profile/${file}.rs`))
  .join("\n");

const CODE = '"([a-z0-9]+(?:-[a-z0-9]+)+)"';

/** A problem as it is written in the source: values are `{}`. */
export interface WrittenProblem {
  code: string;
  what: string;
  next: string;
}

function all(source: string, pattern: RegExp): string[] {
  return [...source.matchAll(pattern)].map(([, found]) => found ?? "");
}

/** Codes that a manifest's own rules have. */
export function manifestCodes(): string[] {
  const files = ["model/src/manifest/error.rs", "model/src/manifest/v2025_12_04_beta/symlink_target.rs"];
  return files.flatMap((file) => all(rust(file), new RegExp(`Self::\\w+ => ${CODE}|=> ${CODE}`, "g")));
}

/** The functions of `Problem`, as source and as the sentences in it. */
function problemFunctions(): { body: string; texts: string[] }[] {
  const source = rust("transfer/src/problem.rs");
  const again = /const UPLOAD_AGAIN: &str =\s*"([^"]*)"/.exec(source)?.[1] ?? "";
  const sentence = (text: string): string => text.replace("{UPLOAD_AGAIN}", again).replace(/\{\w*\}/g, "{}");
  return source
    .split(/\bfn /)
    .slice(1)
    .map((body) => ({
      body,
      texts: all(body, /"((?:[^"\\]|\\.)*)"/g)
        .filter((text) => /[A-Z{].* /.test(text))
        .map(sentence),
    }));
}

/** Every problem that Rust writes out, with its sentences. Those about a path have one for each rule. */
export function writtenProblems(): WrittenProblem[] {
  const problems: WrittenProblem[] = [];
  for (const { body, texts } of problemFunctions()) {
    const codes = all(body, new RegExp(`Self::new\\(\\s*${CODE}`, "g"));
    if (codes.length === 1 && texts.length >= 2) problems.push(...joined(codes[0] ?? "", body, texts));
    else if (codes.length > 1)
      for (const [at, code] of codes.entries())
        problems.push({ code, what: texts[2 * at] ?? "", next: texts[2 * at + 1] ?? "" });
  }
  return problems;
}

/** A function that makes one problem may choose between two advices, or put its first sentence together. */
function joined(code: string, body: string, texts: string[]): WrittenProblem[] {
  if (code === "answer-unexpected") return [{ code, what: "S3 answered {}", next: texts.at(-1) ?? "" }];
  if (body.includes("let next = match")) {
    const [first = "", second = "", what = ""] = texts;
    return [first, second].map((next) => ({ code, what, next }));
  }
  return [{ code, what: texts[0] ?? "", next: texts[1] ?? "" }];
}

/** Every code that is written out where Rust makes a problem, however it is written. */
export function literalCodes(): string[] {
  return all(rust("transfer/src/problem.rs"), new RegExp(`\\bnew\\(\\s*${CODE}`, "g"));
}

/** Rust sources that make a problem of their own, besides `problem.rs`, which has all of them. */
export function otherMakers(): string[] {
  const folder = join(root, "transfer/src");
  const files = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((file) =>
    file.endsWith(".rs"),
  );
  return files.filter(
    (file) => file !== "problem.rs" && /\bProblem \{\s*code/.test(rust(`transfer/src/${file}`)),
  );
}

/** What each rule of paths says about a file that was dropped. */
export function pathProblems(): WrittenProblem[] {
  const [what = "", next = ""] = textsOf("bad_path");
  return rulesIn("model/src/relative_path.rs").map(({ code, reason }) => ({
    code,
    what: what.replace("{}", reason),
    next,
  }));
}

/** What was dropped but not taken although files may be in it: the page has told why, Rust adds the advice. */
export function notTakenProblems(): { code: string; next: string }[] {
  const [ofNames = "", ofOthers = ""] = textsOf("not_taken");
  const source = rust("transfer/src/not_taken.rs");
  const hiding = /((?:Self::\w+(?: \| )?)+) => true/.exec(source)?.[1]?.split(" | ") ?? [];
  return hiding.map((variant) => {
    const code = all(source, new RegExp(`${variant} => ${CODE}`, "g"))[0] ?? "";
    return { code, next: variant === "Self::NameNotUnicode" ? ofNames : ofOthers };
  });
}

function textsOf(name: string): string[] {
  return problemFunctions().find(({ body }) => body.startsWith(`${name}(`))?.texts ?? [];
}

/** Scripts that run in the offscreen document, where there are no messages: their problems are in English. */
const WITHOUT_MESSAGES = [
  "extension/offscreen/problems.ts",
  "extension/shared/background-client.ts",
  "extension/shared/preview-open.ts",
];

/** What these scripts tell. */
export function offscreenProblems(): WrittenProblem[] {
  const source = WITHOUT_MESSAGES.map((path) => readFileSync(join(root, path), "utf8")).join("\n");
  const written = source.matchAll(
    new RegExp(`code: ${CODE},\\s*what: ["\`]([^"\`]*)["\`],\\s*next: "([^"]*)"`, "g"),
  );
  return [...written].map(([, code = "", what = "", next = ""]) => ({
    code,
    what: what.replace(/\$\{\w+\}/g, "{}"),
    next,
  }));
}

/** Every code that a problem can come with from Rust, from the driver of the engine, or from the offscreen document. */
export function codesOfProblems(): string[] {
  const sources = ["deadlinejs/src/upload/upload-driver.ts", ...WITHOUT_MESSAGES];
  const own = all(
    sources.map((path) => readFileSync(join(root, path), "utf8")).join("\n"),
    new RegExp(`code: ${CODE}`, "g"),
  );
  const rust = [...writtenProblems(), ...pathProblems(), ...notTakenProblems()].map(({ code }) => code);
  return [...new Set([...rust, ...own])];
}

/** Every error of a field of a profile, with its sentence. */
export function fieldErrors(): { code: string; message: string }[] {
  const profile = PROFILE_RULES;
  const written = [...profile.matchAll(new RegExp(`refuse\\(\\s*"\\w+",\\s*${CODE},\\s*"([^"]*)"`, "g"))];
  const prefixed = (path: string): string =>
    all(rust(path), /#\[error\(\s*"((?:[^"\\]|\\.)*)"\s*\)\]/g)[0] ?? "";
  const bucket = all(rust("model/src/bucket.rs"), /#\[error\("((?:[^"\\]|\\.)*)"\)\]/g);
  const id = prefixed("model/src/ids.rs");
  return [
    ...written.map(([, code = "", message = ""]) => ({ code, message })),
    { code: "region-malformed", message: prefixed("model/src/region.rs") },
    { code: "farm-id-malformed", message: id.replace("{prefix}", "farm") },
    { code: "queue-id-malformed", message: id.replace("{prefix}", "queue") },
    { code: "storage-profile-id-malformed", message: id.replace("{prefix}", "sp") },
    { code: "bucket-malformed", message: bucket[0] ?? "" },
    { code: "root-prefix-malformed", message: bucket[1] ?? "" },
    { code: "prefix-malformed", message: bucket[1] ?? "" },
    { code: "location-name-malformed", message: prefixed("model/src/location_name.rs") },
    { code: "start-url-malformed", message: prefixed("accounts/src/sign_in/start_url.rs") },
    { code: "principal-id-malformed", message: prefixed("accounts/src/principal_id.rs") },
    { code: "bucket-owner-malformed", message: prefixed("model/src/account_id.rs") },
    ...rulesIn("model/src/asset_root.rs").map(({ code, reason }) => ({ code, message: reason })),
    ...outputErrors(),
    ...pastedErrors(),
    ...endpointErrors(profile),
  ];
}

/** What is said of output folders; each sentence names what was typed. */
function outputErrors(): { code: string; message: string }[] {
  const source = rust("model/src/attachments/output_directory.rs");
  const reasons = reasonsIn(source);
  const rule = all(source, /#\[error\(\s*"(an [^"]*)"/g)[0] ?? "";
  return [...source.matchAll(new RegExp(`Self::(\\w+)[^=]*=> ${CODE}`, "g"))].map(
    ([, variant = "", code = ""]) => ({
      code,
      message: (reasons.get(variant) ?? "").replace("{error}", rule).replace(/\{\w+\}/g, "7"),
    }),
  );
}

/** What is said of a pasted text that gives no credentials, but for what names a part of it. */
function pastedErrors(): { code: string; message: string }[] {
  return rulesIn("accounts/src/pasted/error.rs").map(({ code, reason }) => ({ code, message: reason }));
}

/** Every code that a field error can come with. */
export function codesOfFields(): string[] {
  const profile = PROFILE_RULES;
  const taken = all(profile, new RegExp(`take(?:_if_any)?\\(\\s*"\\w+",\\s*${CODE}`, "g"));
  const endpoint = all(profile, new RegExp(`=> \\{?\\s*\\("\\w+", ${CODE}\\)`, "g"));
  const form = all(
    readFileSync(join(root, "extension/options/profile-form.ts"), "utf8"),
    new RegExp(`code: ${CODE}`, "g"),
  );
  return [...new Set([...fieldErrors().map(({ code }) => code), ...taken, ...endpoint, ...form])];
}

function endpointErrors(profile: string): { code: string; message: string }[] {
  const reasons = reasonsIn(rust("model/src/server_address.rs") + rust("model/src/endpoint.rs"));
  return [...profile.matchAll(new RegExp(`Error::(\\w+)\\)? => \\{?\\s*\\("\\w+", ${CODE}\\)`, "g"))].map(
    ([, variant = "", code = ""]) => ({ code, message: reasons.get(variant) ?? "" }),
  );
}

/** The variants of an error with a code each, as `Self::Variant => "code"`. */
function rulesIn(path: string): { code: string; reason: string }[] {
  const source = rust(path);
  const reasons = reasonsIn(source);
  return [...source.matchAll(new RegExp(`((?:Self::\\w+(?: \\| )?)+) => ${CODE}`, "g"))].flatMap(
    ([, variants = "", code = ""]) =>
      variants.split(" | ").map((one) => ({ code, reason: reasons.get(one.replace("Self::", "")) ?? "" })),
  );
}

function reasonsIn(source: string): Map<string, string> {
  const errors = source.matchAll(/#\[error\(\s*"((?:[^"\\]|\\.)*)"\s*\)\]\s*(?:\/\/\/[^\n]*\s*)*(\w+)/g);
  return new Map([...errors].map(([, text = "", variant = ""]) => [variant, text.replaceAll("\\\\", "\\")]));
}

/** The reference made of the doc comments: everything is documented, and every link leads somewhere. */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
/**
 * Messages between the engine and its driver: unions that are generated from Rust, whose members carry their
 * documentation there.
 */
const MESSAGES = [
  "AccountReply.headers",
  "DeadlineAnswer",
  "DeadlineCall",
  "DenialReply.headers",
  "DenialStep",
  "EngineAction",
  "EngineEvent",
  "JournalRecord",
  "PlannedPlace",
  "RequestBody",
  "SignInAction",
  "SignInView",
  "UploadOutcome",
  "Waiting",
];

it("typedoc finds nothing undocumented and no broken link", () => {
  // What it says goes to standard error as well.
  const said = execFileSync(
    "sh",
    ["-c", "tests/node_modules/.bin/typedoc --options deadlinejs/typedoc.json 2>&1"],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    },
  );
  const isOfMessage = (line: string) => MESSAGES.some((name) => line.includes(`.${name}.__type.`));
  const warnings = said.split("\n").filter((line) => /^\[(warning|error)\]/.test(line));
  const others = warnings.filter((line) => !isOfMessage(line) && !/Found \d+ errors and/.test(line));
  expect(others).toEqual([]);
  expect(said).toContain("html generated");
});

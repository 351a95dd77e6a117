import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { speak } from "../shared/fake-i18n.ts";
import { formSentence, pastedErrorText } from "./pasted-text.ts";

vi.mock("../shared/browser.ts", () => ({}));

const rust = readFileSync(join(import.meta.dirname, "../../accounts/src/pasted/error.rs"), "utf8");

afterEach(() => speak("en"));

describe("what is said of a pasted text", () => {
  it("names the form that was recognised", () => {
    expect(formSentence("powershell")).toBe("Recognised: lines for PowerShell.");
  });

  it("names what is missing or damaged as the form names it, from the sentences of Rust", () => {
    expect(rust).toContain('"the text has no {}: copy all of it again"');
    expect(rust).toContain('"the {0} is damaged: copy it again');
    const missing = "the text has no secret access key and session token: copy all of it again";
    const damaged = "the session token is damaged: copy it again, with no spaces or line breaks in it";
    expect(pastedErrorText({ code: "pasted-incomplete", message: missing })).toBe(
      "Missing in the text: Secret access key, Session token. Copy all of it again.",
    );
    speak("de");
    expect(pastedErrorText({ code: "pasted-malformed", message: damaged })).toMatch(
      /^Im Text beschädigt: Sitzungstoken\./,
    );
    expect(pastedErrorText({ code: "pasted-cut", message: "…" })).toMatch(/^Dieses JSON/);
  });

  it.each(["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"])(
    "knows the name of %s",
    (part) => {
      const name = new RegExp(`Self::${part} => "([^"]*)"`).exec(rust)?.[1] ?? "";
      speak("de");
      const said = pastedErrorText({
        code: "pasted-malformed",
        message: `the ${name} is damaged: copy it again`,
      });
      expect(said).not.toContain(name);
    },
  );
});

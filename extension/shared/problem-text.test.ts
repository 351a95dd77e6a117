import { afterEach, describe, expect, it } from "vitest";
import { speak } from "./fake-i18n.ts";
import {
  codesOfFields,
  codesOfProblems,
  fieldErrors,
  literalCodes,
  manifestCodes,
  notTakenProblems,
  offscreenProblems,
  otherMakers,
  pathProblems,
  writtenProblems,
} from "./problem-codes.ts";
import { fieldErrorText, localProblem } from "./problem-text.ts";
import { textIfAny } from "./text.ts";

afterEach(() => speak("en"));

/** The sentence with a value at each `{}`. */
function filled(sentence: string): string {
  let n = 0;
  return sentence.replace(/\{\}/g, () => {
    n += 1;
    return `value-${n}`;
  });
}

const problems = [...writtenProblems(), ...pathProblems(), ...offscreenProblems()].map(
  ({ code, what, next }) => ({
    code,
    what: filled(what),
    next: filled(next),
  }),
);

describe("problems from where there are no messages", () => {
  it("are read from its source, all of them", () => {
    expect(problems.length).toBeGreaterThanOrEqual(34);
    for (const { what, next } of problems) {
      expect(what).toMatch(/^(value-1|[A-Z]).{8,}/);
      expect(next).toMatch(/^[A-Z].{8,}/);
    }
    expect(codesOfProblems()).toEqual(expect.arrayContaining(literalCodes()));
    expect(literalCodes().length).toBeGreaterThanOrEqual(21);
    expect(otherMakers()).toEqual([]);
    expect(codesOfProblems()).toEqual(
      expect.arrayContaining([
        "clock-wrong",
        "path-nul",
        "name-not-unicode",
        "engine-broken",
        "upload-running",
      ]),
    );
  });

  it.each(problems)("$code: $what", (problem) => {
    // In English the extension may say it in words of its own: Rust knows nothing of its pages.
    const english = localProblem(problem);
    speak("de");
    const german = localProblem(problem);
    for (const part of ["what", "next"] as const) {
      expect(german[part]).not.toBe(english[part]);
      expect(german[part]).not.toBe(problem[part]);
      for (const local of [english[part], german[part]]) {
        expect(local).not.toBe("");
        for (const [value] of problem[part].matchAll(/value-\d/g)) expect(local).toContain(value);
      }
    }
  });

  it.each(codesOfProblems())("%s has its messages", (code) => {
    const name = `problem_${code.replaceAll("-", "_")}`;
    expect(textIfAny(`${name}_next`)).toBeDefined();
    // What was not taken comes with a reason that the page has put into words.
    const isWorded = notTakenProblems().some((problem) => problem.code === code);
    if (!isWorded) expect(textIfAny(`${name}_what`)).toBeDefined();
  });

  it("advise nobody to drop again, who may have chosen, continued, or sent from a menu", () => {
    for (const [language, again] of [
      ["en", /\bdrop (again|the folder)/i],
      ["de", /noch einmal (ablegen|herein)/],
    ] as const) {
      speak(language);
      for (const code of codesOfProblems())
        expect(textIfAny(`problem_${code.replaceAll("-", "_")}_next`)).not.toMatch(again);
    }
  });

  it("have one message for all rules of manifests, with Rust's own words in it", () => {
    speak("de");
    expect(manifestCodes().length).toBeGreaterThan(20);
    for (const code of [...manifestCodes(), "path-duplicate"]) {
      const what = "The list of files cannot become a manifest: the total size is beyond 64 bits.";
      const next = "Drop fewer files, or report this as a defect with its code.";
      expect(localProblem({ code, what, next, file: "a" })).toEqual({
        code,
        what: "Die Liste der Dateien kann kein Manifest werden: the total size is beyond 64 bits.",
        next: expect.stringContaining("Weniger Dateien"),
        file: "a",
      });
    }
  });

  it("stay as they are where nobody knows their code, or has changed the sentence around a value", () => {
    speak("de");
    const foreign = { code: "who-knows", what: "Something.", next: "Do it." };
    expect(localProblem(foreign)).toEqual(foreign);
    const changed = { code: "access-denied", what: "Bucket b is shut.", next: "Ask." };
    expect(localProblem(changed).what).toBe("Bucket b is shut.");
  });

  it.each(notTakenProblems())(
    "leave the reason alone that the page gave, and add the advice: $code",
    (taken) => {
      const what = "Der Browser konnte es nicht lesen (NotReadableError).";
      const english = localProblem({ ...taken, what });
      expect(english).toMatchObject({ code: taken.code, what });
      expect(english.next).toMatch(/^(Check that|Rename it on disk)/);
      speak("de");
      const { next, ...others } = localProblem({ ...taken, what });
      expect(others).toEqual({ code: taken.code, what });
      expect(next).toMatch(/^(Prüfen, dass|Auf der Festplatte umbenennen)/);
    },
  );
});

describe("field errors from Rust", () => {
  it("are read from its source, all of them", () => {
    expect(
      fieldErrors()
        .map(({ code }) => code)
        .sort(),
    ).toEqual(
      expect.arrayContaining(
        codesOfFields()
          .filter((code) => !["number-malformed", "profile-name-taken"].includes(code))
          .sort(),
      ),
    );
    expect(fieldErrors().length).toBeGreaterThanOrEqual(18);
  });

  it.each(fieldErrors())("$code: $message", (error) => {
    expect(error.message).not.toBe("");
    expect(fieldErrorText(error)).toBe(error.message);
    speak("de");
    expect(fieldErrorText(error)).not.toBe(error.message);
    expect(fieldErrorText(error)).not.toBe("");
  });
});

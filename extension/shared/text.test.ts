import { afterEach, describe, expect, it } from "vitest";
import { speak } from "./fake-i18n.ts";
import { language, text, textFor, textIfAny, textParts } from "./text.ts";

afterEach(() => speak("en"));

describe("text", () => {
  it("puts values into named placeholders and nowhere else", () => {
    expect(text("sharedWaitingNetwork", "$1 $SERVER$")).toBe("No answer from $1 $SERVER$, trying again");
    expect(textIfAny("problem_of_nobody")).toBeUndefined();
  });

  it("has the form for a count in the language of the messages", () => {
    expect(textFor(1, "sharedFiles", "1")).toBe("1 file");
    expect(textFor(0n, "sharedFiles", "0")).toBe("0 files");
    speak("de-CH");
    expect(textFor(2, "sharedFiles", "2")).toBe("2 Dateien");
    // French has one file where there are none, but nobody has translated it.
    speak("fr");
    expect(textFor(0, "sharedFiles", "0")).toBe("0 files");
  });

  it("keeps values whole between the parts of a sentence", () => {
    expect(textParts("sharedArrivesAs", "`a`", "\uE0000\uE000")).toEqual([
      "`a`",
      " arrives as ",
      "\uE0000\uE000",
    ]);
  });
});

describe("language", () => {
  it.each([
    ["en-GB", "en-GB"],
    ["de-AT", "de-AT"],
    ["fr-FR", "en"],
    ["den", "en"],
  ])("of a browser in %s is %s", (browser, read) => {
    speak(browser);
    expect(language()).toBe(read);
  });
});

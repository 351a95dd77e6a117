import { describe, expect, it } from "vitest";
import { inOurWords } from "./in-our-words.ts";

const problem = (code: string) => ({
  code,
  what: "It is not there.",
  next: "Set the region to x.",
  file: "a",
});

describe("a problem of the engine", () => {
  it.each(["credentials-wrong", "credentials-expired", "network-unreachable"])(
    "%s names the options page",
    (code) => {
      const { next, ...rest } = inOurWords(problem(code));
      expect(next).toContain("on the options page");
      expect(rest).toEqual({ code, what: "It is not there.", file: "a" });
    },
  );

  it("keeps what the engine found out, and says where that is entered", () => {
    expect(inOurWords(problem("region-wrong")).next).toBe(
      "Set the region to x. The fields for it are on the options page.",
    );
  });

  it("stays as it is where no page of ours helps", () => {
    expect(inOurWords(problem("server-busy"))).toEqual(problem("server-busy"));
  });
});

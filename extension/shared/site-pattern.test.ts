import { describe, expect, it } from "vitest";
import { patternFor } from "./site-pattern.ts";

const SITE = "https://cdn.example.com/*";

describe("patternFor", () => {
  it.each([
    ["https://cdn.example.com:8443/a/b.png?x#y", SITE],
    [SITE, SITE],
    ["http://localhost:8080/a.png", "http://localhost/*"],
    ["http://127.0.0.1/a.png", "http://127.0.0.1/*"],
    ["data:image/png;base64,AAAA", null],
    ["http://cdn.example.com/a.png", undefined],
    ["http://localhost.example.com/a.png", undefined],
    ["blob:https://cdn.example.com/0f0f", undefined],
    ["file:///etc/passwd", undefined],
    ["javascript:alert(1)", undefined],
    ["chrome://settings", undefined],
    ["", undefined],
  ])("of %s is %s", (address, pattern) => {
    expect(patternFor(address)).toBe(pattern);
  });
});

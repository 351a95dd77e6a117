import { describe, expect, it, vi } from "vitest";
import { SAME_PAGE } from "./message-road.ts";
import { isFrom } from "./sender.ts";

const ROOT = "chrome-extension://ours/";
vi.mock("./browser.ts", () => ({
  browser: { runtime: { id: "ours" } },
  OFFSCREEN_PATH: "offscreen/offscreen.html",
  pageUrl: (path: string) => `chrome-extension://ours/${path}`,
}));

const KINDS = ["page", "options", "overlay", "host", "background", "content"] as const;

describe("isFrom", () => {
  it.each([
    ["the workspace", `${ROOT}workspace/workspace.html`, ["page"]],
    ["the options page", `${ROOT}options/options.html`, ["page", "options"]],
    ["the options page with query and fragment", `${ROOT}options/options.html?a#b`, ["page", "options"]],
    ["the engine host", `${ROOT}offscreen/offscreen.html`, ["page", "host"]],
    ["the background", `${ROOT}background/background.js`, ["background"]],
    ["a background without address", undefined, ["background"]],
    ["the overlay frame", `${ROOT}content/overlay.html`, ["page", "overlay"]],
    // With our id it is our content script that speaks there: the page itself has no such road.
    ["our script in a web page", "https://example.com/options/options.html", ["content"]],
    ["our script in a page that names ours", `https://example.com/?${ROOT}options/options.html`, ["content"]],
    ["an extension whose id begins like ours", "chrome-extension://ours.evil/options/options.html", []],
  ])("tells %s", (_who, url, kinds) => {
    expect(KINDS.filter((kind) => isFrom(kind, { id: "ours", url }))).toEqual(kinds);
  });

  it("takes what stays in its page for vault, engine host or a page like it, and for nothing that looks the same", () => {
    expect(KINDS.filter((kind) => isFrom(kind, SAME_PAGE))).toEqual(["page", "host", "background"]);
    expect(KINDS.filter((kind) => isFrom(kind, { ...SAME_PAGE }))).toEqual([]);
  });

  it.each([undefined, "theirs"])("trusts nothing that extension %s sent", (id) => {
    for (const url of [undefined, `${ROOT}options/options.html`, `${ROOT}background/background.js`]) {
      expect(KINDS.filter((kind) => isFrom(kind, { id, url }))).toEqual([]);
    }
  });
});

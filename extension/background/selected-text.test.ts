import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Menus, Tabs } from "webextension-polyfill";
import { selectedText } from "./selected-text.ts";

const mocks = vi.hoisted(() => ({ executeScript: vi.fn() }));
vi.mock("../shared/browser.ts", () => ({
  browser: { scripting: { executeScript: mocks.executeScript } },
}));

const tab = { id: 7 } as Tabs.Tab;
const click = { selectionText: "first line second line", frameId: 3 } as Menus.OnClickData;
const says = (result: unknown) => mocks.executeScript.mockResolvedValue([{ result }]);

beforeEach(() => vi.clearAllMocks());

describe("the selected text", () => {
  it("keeps its lines, as the page and the frame of the click have them", async () => {
    says("first line\n\tsecond  line\n");
    expect(await selectedText(click, tab)).toBe("first line\n\tsecond  line\n");
    expect(mocks.executeScript.mock.calls[0]?.[0].target).toEqual({ tabId: 7, frameIds: [3] });
  });

  it.each([["something else"], [""], [undefined], ["first line second"]])(
    "is what the browser tells where the page says %j",
    async (answer) => {
      says(answer);
      expect(await selectedText(click, tab)).toBe("first line second line");
    },
  );

  it("is what the browser tells where the page cannot be asked", async () => {
    mocks.executeScript.mockRejectedValue(new Error("Cannot access contents of the page"));
    expect(await selectedText(click, tab)).toBe("first line second line");
    expect(await selectedText(click, undefined)).toBe("first line second line");
  });
});

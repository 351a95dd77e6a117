/** Selected text, for the context menu. */
import type { Menus, Tabs } from "webextension-polyfill";
import { browser } from "../shared/browser.ts";

/**
 * What a person has selected, with its lines: Chromium has told a click's text without them (its bug 116429). The page is asked, which
 * the click allows; what it says counts only if it is the same but for white space, for another frame may be meant.
 */
export async function selectedText(
  { selectionText = "", frameId = 0 }: Menus.OnClickData,
  tab: Tabs.Tab | undefined,
): Promise<string> {
  if (tab?.id === undefined) return selectionText;
  const target = { tabId: tab.id, frameIds: [frameId] };
  const [answer] = await browser.scripting
    .executeScript({ target, func: readSelection })
    // A page where no extension may work, for example.
    .catch(() => []);
  const read = `${answer?.result ?? ""}`;
  return words(read) === words(selectionText) ? read : selectionText;
}

/** In the page. */
function readSelection(): string {
  const field = document.activeElement;
  if (field instanceof HTMLTextAreaElement)
    return field.value.slice(field.selectionStart, field.selectionEnd);
  return getSelection()?.toString() ?? "";
}

const words = (text: string): string => text.split(/\s+/u).filter(Boolean).join(" ");

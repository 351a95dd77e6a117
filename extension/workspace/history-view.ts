import { announce } from "../shared/announcer.ts";
import { byId, make } from "../shared/dom.ts";
import { clearHistory, forgetHistory, listHistory, onHistory } from "../shared/history.ts";
import { historyElement } from "../shared/history-element.ts";
import type { HistoryEntry } from "../shared/history-entry.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Shows the uploads that ended before, and keeps showing them as they change. */
export function watchHistory(region: HTMLElement): void {
  const headline = byId("headline", HTMLElement);
  const title = byId("history-title", HTMLElement);
  const section = byId("history-section", HTMLDetailsElement);
  const list = byId("history", HTMLUListElement);
  const show = async (): Promise<void> => {
    const entries = await listHistory();
    const hadFocus = section.contains(document.activeElement);
    section.hidden = entries.length === 0;
    list.replaceChildren(...entries.map((entry) => itemOf(entry, region)));
    // The button that had it is gone.
    if (hadFocus && section.hidden) headline.focus({ preventScroll: true });
    else if (hadFocus && !section.contains(document.activeElement)) title.parentElement?.focus();
  };
  byId("clear-history", HTMLButtonElement).addEventListener("click", async () => {
    await clearHistory();
    headline.focus({ preventScroll: true });
    announce(region, text("historyCleared"));
  });
  onHistory(() => void show());
  void show();
}

function itemOf(entry: HistoryEntry, region: HTMLElement): HTMLLIElement {
  const item = historyElement(entry, region);
  const button = make("button", { type: "button", class: "button plain" }, text("historyDelete"));
  button.setAttribute("aria-label", text("historyDeleteLabel", visibleText(entry.label)));
  button.addEventListener("click", async () => {
    await forgetHistory(entry.uploadId);
    announce(region, text("historyDeleted"));
  });
  const buttons = make("div", { class: "buttons" });
  buttons.append(...item.querySelectorAll("button"), button);
  item.append(buttons);
  return item;
}

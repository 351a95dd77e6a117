import { byId, make } from "../shared/dom.ts";
import type { Problem } from "../shared/messages.ts";
import { problemParts } from "../shared/problem-element.ts";

/** Says a sentence or a problem that does not change what the page shows. Read out at once. */
export function showNotice(notice: string | Problem): void {
  const element = byId("notice", HTMLElement);
  if (typeof notice === "string") {
    element.dataset.tone = "caution";
    delete element.dataset.code;
    element.replaceChildren(make("p", {}, notice));
  } else {
    element.dataset.tone = "danger";
    element.dataset.code = notice.code;
    element.replaceChildren(...problemParts(notice));
  }
}

/** Takes the notice away: what it spoke of is over. */
export function clearNotice(): void {
  byId("notice", HTMLElement).replaceChildren();
}

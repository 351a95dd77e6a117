import { byId, make } from "./dom.ts";
import type { Problem } from "./messages.ts";
import { type ButtonPlace, problemButton } from "./problem-button.ts";
import { problemParts } from "./problem-element.ts";

/**
 * Says a sentence or a problem that does not change what the page shows. Read out at once. With a place the button of a
 * problem is offered too.
 */
export function showNotice(notice: string | Problem, place?: ButtonPlace): void {
  const element = byId("notice", HTMLElement);
  if (typeof notice === "string") {
    element.dataset.tone = "caution";
    delete element.dataset.code;
    element.replaceChildren(make("p", {}, notice));
  } else {
    element.dataset.tone = "danger";
    element.dataset.code = notice.code;
    element.replaceChildren(...problemParts(notice));
    if (place && notice.button) element.append(problemButton(notice.button, place));
  }
}

/** Takes the notice away: what it spoke of is over. */
export function clearNotice(): void {
  byId("notice", HTMLElement).replaceChildren();
}

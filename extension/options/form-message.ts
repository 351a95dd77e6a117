import { make } from "../shared/dom.ts";
import type { Problem } from "../shared/messages.ts";
import { localProblem } from "../shared/problem-text.ts";
import { text } from "../shared/text.ts";

/** How saving went, below the form that was saved. `tone` changes the look, not the outcome. */
export function showFormMessage(
  element: HTMLElement,
  outcome: "saved" | "refused",
  sentence: string,
  tone?: "caution",
): void {
  element.dataset.state = outcome;
  if (tone) element.dataset.tone = tone;
  else delete element.dataset.tone;
  element.replaceChildren(make("p", {}, sentence));
}

/** A problem as one message: what happened and what to do next. */
export function problemSentence(problem: Problem): string {
  const { what, next } = localProblem(problem);
  return text("optionsProblem", what, next);
}

import { make } from "./dom.ts";
import type { Problem } from "./messages.ts";
import { pathElement } from "./path-element.ts";
import { localProblem } from "./problem-text.ts";
import { visibleText } from "./visible-text.ts";

/** A problem as people read it: what happened, which file, what to do next. */
export function problemParts(problem: Problem): HTMLElement[] {
  const { what, next } = localProblem(problem);
  const parts = [make("p", { class: "problem-what" }, visibleText(what))];
  if (problem.file !== undefined) parts.push(make("p", {}, pathElement(problem.file)));
  parts.push(make("p", { class: "problem-next" }, visibleText(next)));
  return parts;
}

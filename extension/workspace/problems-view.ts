import { byId, make } from "../shared/dom.ts";
import { fillLongList } from "../shared/long-list.ts";
import type { UploadState } from "../shared/messages.ts";
import { problemParts } from "../shared/problem-element.ts";

/**
 * Shows why an upload failed. What the page says below of what was already sent is true of every end of an upload, also
 * where nobody is left who knows how far it came.
 */
export function showProblems(state: UploadState): void {
  const list = byId("problems", HTMLUListElement);
  list.hidden = state.problems.length === 0;
  byId("what-stays", HTMLElement).hidden = state.isGivenUp === true;
  const { problems, problemCount } = state;
  const all = { first: problems, count: problemCount, more: "workspaceMoreFailures" as const };
  fillLongList(list, all, (problem) => {
    const item = make("li", { "data-code": problem.code }, ...problemParts(problem));
    if (problem.file !== undefined) item.dataset.file = problem.file;
    return item;
  });
}

import { byId, make } from "../shared/dom.ts";
import { fillLongList } from "../shared/long-list.ts";
import type { UploadState } from "../shared/messages.ts";
import { problemParts } from "../shared/problem-element.ts";

// True of every end, also where nobody is left who knows how far the upload came.
const STAYS =
  "A manifest is only written once everything else is in the store, so no job can take half an upload. ";
const NOT_SENT_AGAIN = "What was already sent stays in the store and is not sent again at the next drop.";

/** Shows why an upload failed, or that it was cancelled, and what that means for what was already sent. */
export function showProblems(state: UploadState): void {
  const list = byId("problems", HTMLUListElement);
  list.hidden = state.problems.length === 0;
  fillLongList(list, state.problems, (problem) => {
    const item = make("li", { "data-code": problem.code }, ...problemParts(problem));
    if (problem.file !== undefined) item.dataset.file = problem.file;
    return item;
  });
  byId("what-stays", HTMLElement).textContent = STAYS + NOT_SENT_AGAIN;
}

import { byId, make } from "../shared/dom.ts";
import { formatCounted } from "../shared/format.ts";
import { fillLongList } from "../shared/long-list.ts";
import type { NotTaken, UploadState } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** A short list is open at once; a long one would push everything else off the page. */
const OPEN_AT_MOST = 8;

/** What was dropped but is not in the manifest, each with its reason. */
export class NotTakenView {
  /** Which upload's list it is, and whether a short one: the same is shown again and again. */
  #shown = "";

  /** Shows those of this upload. Whoever folds the list or unfolds it is not overruled until there is another one. */
  show({ uploadId, notTaken, notTakenCount }: UploadState): void {
    const section = byId("not-taken-section", HTMLDetailsElement);
    section.hidden = notTakenCount === 0;
    const isShort = notTakenCount <= OPEN_AT_MOST;
    const shown = `${uploadId} ${isShort}`;
    if (shown !== this.#shown) section.open = isShort;
    this.#shown = shown;
    byId("not-taken-title", HTMLElement).textContent = formatCounted(notTakenCount, "workspaceNotTaken");
    const all = { first: notTaken, count: notTakenCount, more: "workspaceMoreFiles" as const };
    fillLongList(byId("not-taken", HTMLUListElement), all, (item) =>
      make(
        "li",
        { "data-code": item.code, "data-file": item.path },
        make("p", {}, pathElement(item.path)),
        make("p", { class: "quiet small" }, reasonOf(item)),
      ),
    );
  }
}

/** What the engine leaves out is told by its code; the rest was found by a page, in the right language. */
function reasonOf({ code, reason, location }: NotTaken): string {
  if (code === "excluded") return text("sharedExcluded");
  if (code === "shared") return text("sharedAtWorkers", visibleText(location ?? ""));
  return code === "not-included" ? text("sharedNotIncluded") : visibleText(reason);
}

import { byId, make } from "../shared/dom.ts";
import { formatCounted } from "../shared/format.ts";
import { fillLongList } from "../shared/long-list.ts";
import type { NotTaken, UploadState } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** A short list is open at once; a long one would push everything else off the page. */
const OPEN_AT_MOST = 8;

/** Shows what was dropped but is not in the manifest, each with its reason. */
export function showNotTaken({ notTaken, notTakenCount }: UploadState): void {
  const section = byId("not-taken-section", HTMLDetailsElement);
  section.hidden = notTakenCount === 0;
  section.open = notTakenCount <= OPEN_AT_MOST;
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

/** What the engine leaves out is told by its code; the rest was found by a page, in the right language. */
function reasonOf({ code, reason, location }: NotTaken): string {
  if (code === "excluded") return text("sharedExcluded");
  if (code === "shared") return text("sharedAtWorkers", visibleText(location ?? ""));
  return code === "not-included" ? text("sharedNotIncluded") : visibleText(reason);
}

import { byId, make } from "../shared/dom.ts";
import { formatCounted } from "../shared/format.ts";
import { fillLongList } from "../shared/long-list.ts";
import type { NotTaken } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** A short list is open at once; a long one would push everything else off the page. */
const OPEN_AT_MOST = 8;

/** Shows everything that was dropped but is not in the manifest, each with its reason. */
export function showNotTaken(notTaken: readonly NotTaken[]): void {
  const section = byId("not-taken-section", HTMLDetailsElement);
  section.hidden = notTaken.length === 0;
  section.open = notTaken.length <= OPEN_AT_MOST;
  byId("not-taken-title", HTMLElement).textContent = formatCounted(notTaken.length, "workspaceNotTaken");
  fillLongList(byId("not-taken", HTMLUListElement), notTaken, (item) =>
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

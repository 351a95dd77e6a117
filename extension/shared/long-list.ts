import { make } from "./dom.ts";
import { formatCount } from "./format.ts";
import { text } from "./text.ts";

/** More than this nobody reads in a page, and tens of thousands would freeze it. */
const SHOWN_AT_MOST = 200;

/** Fills a list with the first items, and says how many more there are. */
export function fillLongList<T>(
  list: HTMLElement,
  items: readonly T[],
  toElement: (item: T) => HTMLLIElement,
): void {
  const shown = items.slice(0, SHOWN_AT_MOST).map(toElement);
  const more = items.length - shown.length;
  if (more > 0) shown.push(make("li", { class: "quiet" }, text("sharedAnd", formatCount(more))));
  list.replaceChildren(...shown);
}

import { make } from "./dom.ts";
import { formatCount } from "./format.ts";
import { text } from "./text.ts";

/** What a list shows of something of which there may be too much. */
export interface LongList<T> {
  /** The first of them. */
  first: readonly T[];
  /** How many there are. */
  count: number;
  /** The message that says how many more there are, and where. */
  more: "workspaceMoreFailures" | "workspaceMoreFiles";
}

/** Fills a list with the first items, and says how many more there are, and where. */
export function fillLongList<T>(
  list: HTMLElement,
  { first, count, more }: LongList<T>,
  toElement: (item: T) => HTMLLIElement,
): void {
  const shown = first.map(toElement);
  const rest = count - shown.length;
  if (rest > 0) shown.push(make("li", { class: "quiet" }, text(more, formatCount(rest))));
  list.replaceChildren(...shown);
}

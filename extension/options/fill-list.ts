import { make } from "../shared/dom.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Fills a list with values and their names, behind the request to choose one; what has no name is called by its value. */
export function fillList(list: HTMLSelectElement, items: readonly [string, string][]): void {
  list.replaceChildren(
    make("option", { value: "" }, text("optionsChoose")),
    ...items.map(([value, name]) =>
      make("option", { value, "data-data": "" }, visibleText(name === "" ? value : name)),
    ),
  );
}

import { make } from "./dom.ts";
import { visibleText } from "./visible-text.ts";

/**
 * A path or file name for the page. Folders stay in order from left to right and each name is isolated,
 * so that a right-to-left name turns neither its neighbours nor the sentence around it.
 * A long path may break after a separator.
 */
export function pathElement(path: string): HTMLElement {
  const element = make("span", { class: "path", dir: "ltr" });
  for (const piece of path.split(/([/\\])/)) {
    if (piece === "/" || piece === "\\") element.append(piece, make("wbr"));
    else if (piece !== "") element.append(make("bdi", {}, visibleText(piece)));
  }
  return element;
}

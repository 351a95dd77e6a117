import { byId, make } from "../shared/dom.ts";

/** Links to all sections of the page, by their titles: the form of a profile is long, and credentials come below it. */
export function showJumpLinks(): void {
  const titles = document.querySelectorAll<HTMLElement>("main > section h2[id]");
  const links = [...titles].map(({ id, textContent }) => make("a", { href: `#${id}` }, textContent ?? ""));
  byId("jump-links", HTMLElement).replaceChildren(...links);
}

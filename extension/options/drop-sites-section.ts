import { askBackground } from "../shared/background-client.ts";
import { browser } from "../shared/browser.ts";
import { byId, make } from "../shared/dom.ts";
import type { Reply } from "../shared/messages.ts";
import { DROP_SITES_KEY } from "../shared/page-drop.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";

/** The part of the page with the sites on which the drop zone always is; they are added in the popup, over the site itself. */
export class DropSitesSection {
  readonly #list = byId("drop-sites", HTMLElement);
  readonly #none = byId("no-drop-sites", HTMLElement);
  readonly #message = byId("drop-sites-message", HTMLElement);
  #shown: string[] = [];

  /** Shows them, from now on as they are. */
  constructor() {
    browser.storage.local.onChanged.addListener((changes) => {
      if (DROP_SITES_KEY in changes) void this.#refresh();
    });
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    this.#take(await askBackground("dropSites.get", {}));
  }

  /** Tells whether it was an answer. */
  #take(reply: Reply<string[]>): boolean {
    if (reply.ok) this.#show(reply.value);
    else showFormMessage(this.#message, "refused", problemSentence(reply.problem));
    return reply.ok;
  }

  #show(sites: string[]): void {
    const focused = this.#buttons().indexOf(document.activeElement as HTMLButtonElement);
    // Nothing is built anew under somebody's hands for other news.
    if (sites.length > 0 && sites.join() === this.#shown.join()) return;
    const [before, at] = [this.#shown[focused] ?? "", sites.indexOf(this.#shown[focused] ?? "")];
    this.#shown = sites;
    this.#list.replaceChildren(...sites.map((site) => this.#line(site)));
    this.#list.hidden = sites.length === 0;
    this.#none.hidden = sites.length > 0;
    if (before === "") return;
    // The next one takes the place of the one that is gone.
    const next = this.#buttons()[at < 0 ? Math.min(focused, sites.length - 1) : at];
    (next ?? this.#none).focus();
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.#list.querySelectorAll("button")];
  }

  #line(site: string): HTMLLIElement {
    const name = nameOf(site);
    const button = make(
      "button",
      { type: "button", class: "button", "aria-label": text("optionsDropSiteRemoveNamed", name) },
      text("optionsDropSiteRemove"),
    );
    button.addEventListener("click", async () => {
      if (this.#take(await askBackground("dropSites.remove", { site })))
        showFormMessage(this.#message, "saved", text("optionsDropSiteRemoved", name));
    });
    return make("li", {}, make("bdi", { class: "path" }, name), button);
  }
}

/** A match pattern without what every one of them ends with. */
function nameOf(site: string): string {
  return visibleText(site.replace(/\/\*$/, ""));
}

import { askBackground } from "./background-client.ts";
import { make } from "./dom.ts";
import type { BackgroundStatus, Problem } from "./messages.ts";
import { visibleText } from "./visible-text.ts";

/** The select by which a page switches the profile that uploads go to, for this browser session. */
export class ProfileChoice {
  readonly #select: HTMLSelectElement;

  /** Connects the select; `changed` is called after a switch, or with the reason why it was refused. */
  constructor(select: HTMLSelectElement, changed: (refusal?: Problem) => Promise<void>) {
    this.#select = select;
    select.addEventListener("change", async () => {
      const reply = await askBackground("profile.choose", { profileId: select.value });
      await changed(reply.ok ? undefined : reply.problem);
    });
  }

  /** Shows the profiles and which of them is chosen; `false`, and nothing to see, where there is no choice. */
  show({ profiles, profileId }: BackgroundStatus): boolean {
    const hasChoice = profiles.length > 1;
    this.#select.hidden = !hasChoice;
    const options = profiles.map(({ id, fields }) =>
      make("option", { value: id, "data-data": "" }, visibleText(fields.name)),
    );
    this.#select.replaceChildren(...options);
    this.#select.value = profileId ?? "";
    return hasChoice;
  }
}

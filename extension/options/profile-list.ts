import { byId, make } from "../shared/dom.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Shows the list of profiles: `shownId` is the one in the form, `choose` is called for another one. */
export function showProfileList(
  status: BackgroundStatus,
  shownId: string | undefined,
  choose: (id: string) => void,
): void {
  const list = byId("profile-list", HTMLElement);
  const focused = list.contains(document.activeElement);
  list.replaceChildren(
    ...status.profiles.map(({ id, fields, isLocked }) => {
      const marks = [
        id === status.defaultProfileId && text("optionsProfileDefault"),
        id === status.profileId && id !== status.defaultProfileId && text("optionsProfileInUse"),
        isLocked && text("optionsProfileManaged"),
      ].filter((mark) => mark !== false);
      const button = make("button", { type: "button" }, make("bdi", {}, visibleText(fields.name)));
      if (marks.length > 0) button.append(" ", make("span", { class: "mark" }, marks.join(", ")));
      if (id === shownId) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => choose(id));
      return make("li", {}, button);
    }),
  );
  if (focused) list.querySelector<HTMLElement>("[aria-current]")?.focus();
}

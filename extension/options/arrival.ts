/** What another page wants of this one. */
import { type OptionsWish, readWish } from "../shared/options-wish.ts";

/** What this page does for a wish. */
export interface Arrival {
  /** Settles when what is stored is shown: it would overwrite what is typed before. */
  shown: Promise<unknown>;
  /** Shows that profile; tells whether it is shown. */
  turnTo: (profileId: string) => Promise<boolean>;
  /** Puts the value into the field, as if somebody had typed it. */
  type: (field: string, value: string) => void;
}

/** Does what is wanted and puts the focus there, now and whenever another page asks. */
export function answerWish(arrival: Arrival): void {
  const arrive = async (): Promise<void> => {
    await arrival.shown;
    const wish = readWish(location.hash);
    if (wish === undefined) return;
    // The same wish may come again.
    history.replaceState(null, "", location.pathname);
    await answer(wish, arrival);
  };
  window.addEventListener("hashchange", () => void arrive());
  void arrive();
}

async function answer({ id, value, profileId }: OptionsWish, { turnTo, type }: Arrival): Promise<void> {
  const element = document.getElementById(id);
  if (element === null || (profileId !== undefined && !(await turnTo(profileId)))) return;
  const folded = element.closest("details");
  if (folded) folded.open = true;
  if (value !== undefined) type(id, value);
  element.focus();
  element.scrollIntoView({ block: "center" });
}

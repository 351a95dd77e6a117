import { askBackground } from "../shared/background-client.ts";
import { byId, make } from "../shared/dom.ts";
import { formatCounted } from "../shared/format.ts";
import { IDLE_MINUTES, type IdleMinutes } from "../shared/messages.ts";

const HOUR = 60;

/** The choice of the time after which credentials that nobody uses are wiped. It is in force at once. */
export class IdleSection {
  readonly #select = byId("idle-minutes", HTMLSelectElement);

  /** Fills the choice. */
  constructor() {
    this.#select.replaceChildren(
      ...IDLE_MINUTES.map((minutes) => make("option", { value: `${minutes}` }, timeOf(minutes))),
    );
    this.#select.addEventListener("change", () => {
      const minutes = IDLE_MINUTES.find((one) => `${one}` === this.#select.value);
      if (minutes !== undefined) void askBackground("session.setIdle", { minutes });
    });
  }

  /** Shows what is set. */
  show(minutes: IdleMinutes): void {
    this.#select.value = `${minutes}`;
  }
}

function timeOf(minutes: IdleMinutes): string {
  return minutes < HOUR
    ? formatCounted(minutes, "optionsIdleMinutes")
    : formatCounted(minutes / HOUR, "optionsIdleHours");
}

import { clearJournal } from "deadlinejs/journal";
import { byId } from "../shared/dom.ts";
import { showFormMessage } from "./form-message.ts";

/** The part of the page that clears what earlier uploads have left in this browser. */
export function connectCacheSection(): void {
  const button = byId("clear-cache", HTMLButtonElement);
  const message = byId("cache-message", HTMLElement);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await clearJournal();
      showFormMessage(message, "saved", "Cache cleared: the next upload reads and checks every file.");
    } catch (error) {
      showFormMessage(message, "refused", error instanceof Error ? error.message : String(error));
    } finally {
      button.disabled = false;
      button.focus();
    }
  });
}

import { clearJournal } from "deadlinejs/journal";
import { byId } from "../shared/dom.ts";
import { text } from "../shared/text.ts";
import { showFormMessage } from "./form-message.ts";

/** The part of the page that clears what earlier uploads have left in this browser. */
export function connectCacheSection(): void {
  const button = byId("clear-cache", HTMLButtonElement);
  const message = byId("cache-message", HTMLElement);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await clearJournal();
      showFormMessage(message, "saved", text("optionsCacheCleared"));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      showFormMessage(message, "refused", text("optionsCacheFailed", reason));
    } finally {
      button.disabled = false;
      button.focus();
    }
  });
}

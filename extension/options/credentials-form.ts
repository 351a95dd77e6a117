import { askBackground, giveCredentials } from "../shared/background-client.ts";
import { byId } from "../shared/dom.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import { text, textParts } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { showFieldError } from "./field-error.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";

/** How AWS begins the ids of long-lived access keys. */
const LONG_LIVED_PREFIX = "AKIA";

/** The form for credentials. They pass through it one way: to the background, and the inputs are emptied at once. */
export class CredentialsForm {
  readonly #accessKeyId = byId("accessKeyId", HTMLInputElement);
  readonly #secretAccessKey = byId("secretAccessKey", HTMLInputElement);
  readonly #sessionToken = byId("sessionToken", HTMLInputElement);
  readonly #message = byId("credentials-message", HTMLElement);
  readonly #forget = byId("forget-credentials", HTMLButtonElement);
  readonly #changed: () => Promise<void>;

  /** Connects the form. `changed` is called when the background holds other credentials than before. */
  constructor(changed: () => Promise<void>) {
    this.#changed = changed;
    const form = byId("credentials-form", HTMLFormElement);
    form.addEventListener("input", () => this.#typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#forget.addEventListener("click", () => void this.#forgetAll());
  }

  /** Shows whether the background holds credentials: a hint, never a secret. */
  showHeld(credentials: BackgroundStatus["credentials"]): void {
    this.#forget.hidden = credentials === null;
    const held = byId("held-text", HTMLElement);
    if (credentials === null) {
      held.textContent = text("optionsNoCredentials");
      return;
    }
    const hint = document.createElement("strong");
    hint.className = "mono";
    hint.textContent = visibleText(credentials.accessKeyIdHint);
    const kind = credentials.temporary ? "optionsHeldTemporary" : "optionsHeldLongLived";
    held.replaceChildren(...textParts(kind, hint));
  }

  #typed(): void {
    for (const field of this.#required()) if (field.value.trim() !== "") showFieldError(field, null);
    this.#warn();
  }

  #warn(): void {
    const longLived =
      this.#accessKeyId.value.trim().startsWith(LONG_LIVED_PREFIX) && this.#sessionToken.value.trim() === "";
    byId("long-lived", HTMLElement).textContent = longLived ? text("optionsLongLived") : "";
  }

  async #submit(): Promise<void> {
    const missing = this.#required().filter((field) => field.value.trim() === "");
    for (const field of missing) showFieldError(field, text("optionsNeeded"));
    if (missing.length > 0) {
      missing[0]?.focus();
      showFormMessage(this.#message, "refused", text("optionsCredentialsNeeded"));
      return;
    }
    const asking = giveCredentials({
      accessKeyId: this.#accessKeyId.value,
      secretAccessKey: this.#secretAccessKey.value,
      sessionToken: this.#sessionToken.value,
    });
    for (const field of [this.#accessKeyId, this.#secretAccessKey, this.#sessionToken]) field.value = "";
    this.#warn();
    const reply = await asking;
    if (!reply.ok) {
      showFormMessage(this.#message, "refused", problemSentence(reply.problem));
      return;
    }
    await this.#changed();
    showFormMessage(this.#message, "saved", text("optionsCredentialsTaken"));
  }

  async #forgetAll(): Promise<void> {
    const reply = await askBackground("credentials.forget", {});
    if (!reply.ok) {
      showFormMessage(this.#message, "refused", problemSentence(reply.problem));
      return;
    }
    await this.#changed();
    showFormMessage(this.#message, "saved", text("optionsCredentialsForgotten"));
    this.#accessKeyId.focus();
  }

  #required(): HTMLInputElement[] {
    return [this.#accessKeyId, this.#secretAccessKey];
  }
}

import { askBackground, giveCredentials } from "../shared/background-client.ts";
import { byId } from "../shared/dom.ts";
import { ExpiryCountdown, expirySentence } from "../shared/expiry.ts";
import type { BackgroundStatus, Reply } from "../shared/messages.ts";
import { text, textParts } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { showFieldError } from "./field-error.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";
import { formSentence, pastedErrorText, type ReadPasted } from "./pasted-text.ts";

/** How AWS begins the ids of long-lived access keys. */
const LONG_LIVED_PREFIX = "AKIA";

/**
 * The form for credentials: one field for whatever the tools of AWS print, or three to type them into. They pass through it one
 * way, to the background, and are gone from it as soon as the background has them.
 */
export class CredentialsForm {
  readonly #pasted = byId("pasted", HTMLTextAreaElement);
  readonly #found = byId("pasted-found", HTMLElement);
  readonly #accessKeyId = byId("accessKeyId", HTMLInputElement);
  readonly #secretAccessKey = byId("secretAccessKey", HTMLInputElement);
  readonly #sessionToken = byId("sessionToken", HTMLInputElement);
  readonly #message = byId("credentials-message", HTMLElement);
  readonly #forget = byId("forget-credentials", HTMLButtonElement);
  readonly #countdown: ExpiryCountdown;
  readonly #changed: (unasked?: boolean) => Promise<void>;
  #read: ReadPasted | undefined;

  /** Connects the form. `changed` is called when the background holds other credentials than before; unasked when they end. */
  constructor(changed: (unasked?: boolean) => Promise<void>) {
    this.#changed = changed;
    this.#countdown = new ExpiryCountdown(byId("held-expiry", HTMLElement), () => void changed(true));
    const form = byId("credentials-form", HTMLFormElement);
    form.addEventListener("input", () => this.#typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#forget.addEventListener("click", () => void this.#forgetAll());
    // A page that is left can come back as it was.
    window.addEventListener("pagehide", () => this.#empty());
  }

  /** Gives the form what recognises pasted credentials while they are pasted. */
  useReader(read: ReadPasted): void {
    this.#read = read;
    this.#typed();
  }

  /** Shows whether the background holds credentials: a hint, never a secret. */
  showHeld(credentials: BackgroundStatus["credentials"]): void {
    this.#forget.hidden = credentials === null;
    byId("held-long-lived", HTMLElement).hidden = credentials === null || credentials.temporary;
    this.#countdown.show(credentials?.expires);
    const held = byId("held-text", HTMLElement);
    if (credentials === null) {
      // What was said when they were taken is true no more.
      if (this.#message.textContent === text("optionsCredentialsTaken")) {
        this.#message.replaceChildren();
        delete this.#message.dataset.state;
      }
      held.textContent = text("optionsNoCredentials");
      return;
    }
    const hint = document.createElement("strong");
    hint.className = "mono";
    hint.textContent = visibleText(credentials.accessKeyIdHint);
    const kind = credentials.temporary ? "optionsHeldTemporary" : "optionsHeldLongLived";
    held.replaceChildren(...textParts(kind, hint));
  }

  /** Puts the focus where credentials are entered. */
  focus(): void {
    this.#pasted.focus();
  }

  get #isPasted(): boolean {
    return this.#pasted.value.trim() !== "";
  }

  #typed(): void {
    for (const field of this.#required()) if (field.value.trim() !== "") showFieldError(field, null);
    const recognised = this.#isPasted ? this.#read?.(this.#pasted.value) : undefined;
    const error = recognised !== undefined && "error" in recognised ? recognised.error : null;
    showFieldError(this.#pasted, error && pastedErrorText(error));
    const good = recognised !== undefined && !("error" in recognised) ? recognised : undefined;
    const sentence = good ? [formSentence(good.form), expirySentence(good.expires)].join(" ").trim() : "";
    if (this.#found.textContent !== sentence) this.#found.textContent = sentence;
    const isLongLived =
      good?.longLived ??
      (this.#accessKeyId.value.trim().startsWith(LONG_LIVED_PREFIX) &&
        this.#sessionToken.value.trim() === "");
    const warning = isLongLived ? text("optionsLongLived") : "";
    const place = byId("long-lived", HTMLElement);
    if (place.textContent !== warning) place.textContent = warning;
  }

  async #submit(): Promise<void> {
    if (this.#isPasted) {
      if (this.#pasted.getAttribute("aria-invalid") === "true") {
        this.#pasted.focus();
        showFormMessage(this.#message, "refused", text("optionsPastedRefused"));
        return;
      }
      await this.#taken(giveCredentials({ type: "credentials.paste", text: this.#pasted.value }));
      return;
    }
    const missing = this.#required().filter((field) => field.value.trim() === "");
    if (missing.length === this.#required().length) {
      showFieldError(this.#pasted, text("optionsNeeded"));
      this.#pasted.focus();
      showFormMessage(this.#message, "refused", text("optionsCredentialsNeeded"));
      return;
    }
    for (const field of missing) showFieldError(field, text("optionsNeeded"));
    if (missing.length > 0) {
      missing[0]?.focus();
      showFormMessage(this.#message, "refused", text("optionsCredentialsNeeded"));
      return;
    }
    await this.#taken(
      giveCredentials({
        type: "credentials.set",
        accessKeyId: this.#accessKeyId.value,
        secretAccessKey: this.#secretAccessKey.value,
        sessionToken: this.#sessionToken.value,
      }),
    );
  }

  async #taken(asking: Promise<Reply<unknown>>): Promise<void> {
    this.#empty();
    const reply = await asking;
    if (!reply.ok) {
      showFormMessage(this.#message, "refused", problemSentence(reply.problem));
      return;
    }
    await this.#changed();
    showFormMessage(this.#message, "saved", text("optionsCredentialsTaken"));
  }

  #empty(): void {
    for (const field of [this.#pasted, this.#accessKeyId, this.#secretAccessKey, this.#sessionToken])
      field.value = "";
    this.#typed();
  }

  async #forgetAll(): Promise<void> {
    const reply = await askBackground("credentials.forget", {});
    if (!reply.ok) {
      showFormMessage(this.#message, "refused", problemSentence(reply.problem));
      return;
    }
    await this.#changed();
    showFormMessage(this.#message, "saved", text("sharedCredentialsForgotten"));
    this.#pasted.focus();
  }

  #required(): HTMLInputElement[] {
    return [this.#accessKeyId, this.#secretAccessKey];
  }
}

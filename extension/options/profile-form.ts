import type { ProfileCheck } from "deadlinejs/common";
import { askBackground } from "../shared/background-client.ts";
import { browser } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { farmPath } from "../shared/farm-path.ts";
import { formatCounted } from "../shared/format.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { showFieldError } from "./field-error.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";
import type { CheckProfile } from "./profile-check.ts";

const TEXT_FIELDS = [
  "name",
  "region",
  "farmId",
  "queueId",
  "bucket",
  "rootPrefix",
  "assetRoot",
  "endpoint",
] as const satisfies readonly (keyof ProfileFields)[];

/** The form of the one profile: judged while it is typed, saved together with the permission for its host. */
export class ProfileForm {
  readonly #form = byId("profile-form", HTMLFormElement);
  readonly #save = byId("save-profile", HTMLButtonElement);
  readonly #message = byId("profile-message", HTMLElement);
  /** Fields that were left once: an error in one that is still being typed for the first time is no news. */
  readonly #touched = new Set<string>();
  #check: CheckProfile | null = null;
  #pressed = false;

  /** Connects the form; it can be saved once it has its rules. */
  constructor() {
    this.#form.addEventListener("input", () => this.#judge());
    this.#form.addEventListener("focusout", (event) => {
      if (!isField(event.target)) return;
      this.#touched.add(event.target.name);
      // An error that appears between press and release moves the button away from under the pointer.
      if (!this.#pressed) this.#judge();
    });
    window.addEventListener("pointerdown", () => {
      this.#pressed = true;
    });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => this.#released());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#showExample();
  }

  /** Fills in the stored profile. */
  fill(profile: ProfileFields): void {
    for (const name of TEXT_FIELDS) this.#input(name).value = profile[name];
    this.#input("pathStyle").checked = profile.pathStyle;
    byId("assetRootFormat", HTMLSelectElement).value = profile.assetRootFormat;
    this.#judge();
  }

  /** Gives the form its rules. */
  useRules(check: CheckProfile): void {
    this.#check = check;
    this.#save.disabled = false;
    this.#judge();
  }

  /** Tells that there are no rules and so no saving. */
  cannotLoadRules(): void {
    showFormMessage(
      this.#message,
      "refused",
      "The rules for profiles could not be loaded, so nothing can be saved. Reload this page; if that does not help, install the extension again.",
    );
  }

  #released(): void {
    this.#pressed = false;
    // The click comes after the release.
    setTimeout(() => this.#judge());
  }

  #fields(): ProfileFields {
    const text = Object.fromEntries(TEXT_FIELDS.map((name) => [name, this.#input(name).value.trim()]));
    const format = byId("assetRootFormat", HTMLSelectElement).value;
    return {
      ...(text as Record<(typeof TEXT_FIELDS)[number], string>),
      assetRootFormat: format === "windows" ? "windows" : "posix",
      pathStyle: this.#input("pathStyle").checked,
    };
  }

  #input(name: keyof ProfileFields): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  /** Shows the errors of the fields that were touched, and what this profile would mean. */
  #judge(): ProfileCheck | null {
    this.#showExample();
    const checked = this.#check?.(this.#fields()) ?? null;
    if (checked === null) return null;
    for (const field of this.#form.elements) {
      if (!isField(field)) continue;
      const error = this.#touched.has(field.name) && checked.errors.find((each) => each.field === field.name);
      showFieldError(field, error ? error.message : null);
    }
    const note = byId("access-note", HTMLElement);
    note.replaceChildren();
    if (checked.originPattern !== null) {
      note.append(
        "Saving asks the browser for access to ",
        pathElement(checked.originPattern),
        " and to nothing else.",
      );
    }
    return checked;
  }

  #showExample(): void {
    const fields = this.#fields();
    const example = byId("assetRoot-example", HTMLElement);
    example.replaceChildren();
    if (fields.assetRoot === "") return;
    example.append(
      pathElement("shot_010/scene.blend"),
      " arrives as ",
      pathElement(farmPath(fields, "shot_010/scene.blend")),
    );
  }

  async #submit(): Promise<void> {
    for (const field of this.#form.elements) if (isField(field)) this.#touched.add(field.name);
    const checked = this.#judge();
    if (checked === null) return;
    if (checked.errors.length > 0) {
      this.#refuse(checked);
      return;
    }
    const fields = this.#fields();
    // Before anything is awaited: a browser asks only while the click that led here still counts.
    const asking = checked.originPattern && browser.permissions.request({ origins: [checked.originPattern] });
    this.#save.disabled = true;
    try {
      const granted = asking ? await asking.catch(() => false) : true;
      const reply = await askBackground("profile.save", { profile: fields });
      if (!reply.ok) {
        showFormMessage(this.#message, "refused", problemSentence(reply.problem));
        return;
      }
      this.fill(reply.value);
      this.#tellSaved(granted, checked.originPattern);
    } finally {
      this.#save.disabled = false;
    }
  }

  #tellSaved(granted: boolean, originPattern: string | null): void {
    this.#message.dataset.access = granted ? "granted" : "denied";
    if (granted) {
      showFormMessage(this.#message, "saved", "Profile saved.");
      return;
    }
    showFormMessage(
      this.#message,
      "saved",
      `Profile saved, but the browser was not allowed to reach ${originPattern}. Nothing can be uploaded until it is: save again to be asked again.`,
      "caution",
    );
  }

  #refuse(checked: ProfileCheck): void {
    const fields = new Set(checked.errors.map((error): string => error.field));
    const first = [...this.#form.elements].find((element) => isField(element) && fields.has(element.name));
    if (first instanceof HTMLElement) first.focus();
    // An error of no field of this page would otherwise be told nowhere.
    const homeless = checked.errors.filter((error) => this.#form.elements.namedItem(error.field) === null);
    const count = `Not saved: ${formatCounted(fields.size, "field needs", "fields need")} another look.`;
    showFormMessage(this.#message, "refused", [count, ...homeless.map((error) => error.message)].join(" "));
  }
}

function isField(target: unknown): target is HTMLInputElement | HTMLSelectElement {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

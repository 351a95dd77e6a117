import type { ProfileCheck } from "deadlinejs/common";
import { askBackground } from "../shared/background-client.ts";
import { requestHosts } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { farmPath } from "../shared/farm-path.ts";
import { formatCounted, formatList } from "../shared/format.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { text, textParts } from "../shared/text.ts";
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
  "expectedBucketOwner",
] as const satisfies readonly (keyof ProfileFields)[];

/** Empty means 0, which is the browser's own measure. */
const NUMBER_FIELDS = ["concurrency", "bandwidthLimit"] as const satisfies readonly (keyof ProfileFields)[];
const CHECK_BOXES = ["pathStyle", "spreadHosts"] as const satisfies readonly (keyof ProfileFields)[];
/** More digits than any number that means something here; Rust reads 32 bits. */
const WHOLE_NUMBER = /^\d{0,9}$/;

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
    for (const name of NUMBER_FIELDS) this.#input(name).value = profile[name] === 0 ? "" : `${profile[name]}`;
    for (const name of CHECK_BOXES) this.#input(name).checked = profile[name];
    byId("assetRootFormat", HTMLSelectElement).value = profile.assetRootFormat;
    // What is set there should not be overlooked.
    const { expectedBucketOwner, concurrency, bandwidthLimit, spreadHosts } = profile;
    if (expectedBucketOwner !== "" || concurrency > 0 || bandwidthLimit > 0 || spreadHosts) {
      byId("advanced", HTMLDetailsElement).open = true;
    }
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
    showFormMessage(this.#message, "refused", text("optionsNoRules"));
  }

  #released(): void {
    this.#pressed = false;
    // The click comes after the release.
    setTimeout(() => this.#judge());
  }

  #fields(): ProfileFields {
    const format = byId("assetRootFormat", HTMLSelectElement).value;
    return {
      ...read(TEXT_FIELDS, (name) => this.#input(name).value.trim()),
      ...read(NUMBER_FIELDS, (name) => (this.#isWholeNumber(name) ? Number(this.#input(name).value) : 0)),
      ...read(CHECK_BOXES, (name) => this.#input(name).checked),
      assetRootFormat: format === "windows" ? "windows" : "posix",
    };
  }

  #input(name: keyof ProfileFields): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  #isWholeNumber(name: (typeof NUMBER_FIELDS)[number]): boolean {
    return WHOLE_NUMBER.test(this.#input(name).value.trim());
  }

  /** The rules are Rust's, which is given numbers: that a text is none is said here. */
  #checkFields(): ProfileCheck | null {
    if (this.#check === null) return null;
    const checked = this.#check(this.#fields());
    const noNumbers = NUMBER_FIELDS.filter((name) => !this.#isWholeNumber(name));
    if (noNumbers.length === 0) return checked;
    const errors = noNumbers.map((field) => ({
      field,
      code: "number-malformed",
      message: text("field_number_malformed"),
    }));
    return { errors: [...checked.errors, ...errors], originPatterns: [] };
  }

  /** Shows the errors of the fields that were touched, and what this profile would mean. */
  #judge(): ProfileCheck | null {
    this.#showExample();
    const checked = this.#checkFields();
    if (checked === null) return null;
    for (const field of this.#form.elements) {
      if (!isField(field)) continue;
      const error = this.#touched.has(field.name) && checked.errors.find((each) => each.field === field.name);
      showFieldError(field, error ? fieldErrorText(error) : null);
    }
    const note = byId("access-note", HTMLElement);
    note.replaceChildren();
    if (checked.originPatterns.length > 0) {
      const hosts = document.createElement("span");
      for (const pattern of checked.originPatterns)
        hosts.append(hosts.hasChildNodes() ? ", " : "", pathElement(pattern));
      note.append(...textParts("optionsAccessNote", hosts));
    }
    return checked;
  }

  #showExample(): void {
    const fields = this.#fields();
    const example = byId("assetRoot-example", HTMLElement);
    example.replaceChildren();
    if (fields.assetRoot === "") return;
    const dropped = "shot_010/scene.blend";
    example.append(
      ...textParts("sharedArrivesAs", pathElement(dropped), pathElement(farmPath(fields, dropped))),
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
    const asking = requestHosts(checked.originPatterns);
    this.#save.disabled = true;
    try {
      const granted = await asking.catch(() => false);
      const reply = await askBackground("profile.save", { profile: fields });
      if (!reply.ok) {
        showFormMessage(this.#message, "refused", problemSentence(reply.problem));
        return;
      }
      this.fill(reply.value);
      this.#tellSaved(granted, checked.originPatterns);
    } finally {
      this.#save.disabled = false;
    }
  }

  #tellSaved(granted: boolean, originPatterns: string[]): void {
    this.#message.dataset.access = granted ? "granted" : "denied";
    if (granted) {
      showFormMessage(this.#message, "saved", text("optionsProfileSaved"));
      return;
    }
    showFormMessage(
      this.#message,
      "saved",
      text("optionsProfileSavedNoAccess", formatList(originPatterns)),
      "caution",
    );
  }

  #refuse(checked: ProfileCheck): void {
    const fields = new Set(checked.errors.map((error): string => error.field));
    const first = [...this.#form.elements].find((element) => isField(element) && fields.has(element.name));
    if (first instanceof HTMLElement) {
      const folded = first.closest("details");
      if (folded) folded.open = true;
      first.focus();
    }
    // An error of no field of this page would otherwise be told nowhere.
    const homeless = checked.errors.filter((error) => this.#form.elements.namedItem(error.field) === null);
    const count = formatCounted(fields.size, "optionsNotSaved");
    showFormMessage(this.#message, "refused", [count, ...homeless.map(fieldErrorText)].join(" "));
  }
}

/** One value for each of these fields. */
function read<K extends string, T>(names: readonly K[], value: (name: K) => T): Record<K, T> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, T>;
}

function isField(target: unknown): target is HTMLInputElement | HTMLSelectElement {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

import { askBackground } from "../shared/background-client.ts";
import { requestHosts } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { farmPath } from "../shared/farm-path.ts";
import { formatCounted, formatList } from "../shared/format.ts";
import type { ProfileFields, StoredProfile } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import type { Judgement } from "../shared/profile-rules.ts";
import { text, textParts } from "../shared/text.ts";
import { isField, showFieldError } from "./field-error.ts";
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
  "casPrefix",
  "manifestPrefix",
  "locationName",
  "storageProfileId",
  "deadlineEndpoint",
  "principalId",
] as const satisfies readonly (keyof ProfileFields)[];

/** Empty means 0, which is the browser's own measure. */
const NUMBER_FIELDS = ["concurrency", "bandwidthLimit"] as const satisfies readonly (keyof ProfileFields)[];
const CHECK_BOXES = [
  "pathStyle",
  "spreadHosts",
  "queueRole",
] as const satisfies readonly (keyof ProfileFields)[];
/** More digits than any number that means something here; Rust reads 32 bits. */
const WHOLE_NUMBER = /^\d{0,9}$/;

/** What the form shows. */
export interface ShownProfile {
  /** None for a new one. */
  id?: string;
  fields: ProfileFields;
  isLocked: boolean;
  /** What other profiles are called. */
  otherNames: readonly string[];
}

/** An empty form. */
export const NEW_PROFILE: ProfileFields = {
  name: "",
  region: "",
  farmId: "",
  queueId: "",
  bucket: "",
  rootPrefix: "",
  assetRoot: "",
  assetRootFormat: "posix",
  endpoint: "",
  pathStyle: false,
  expectedBucketOwner: "",
  concurrency: 0,
  bandwidthLimit: 0,
  spreadHosts: false,
  casPrefix: "",
  manifestPrefix: "",
  locationName: "",
  storageProfileId: "",
  outputDirectories: [],
  manifestVersion: "v2023-03-03",
  queueRole: false,
  deadlineEndpoint: "",
  principalId: "",
};

/** The form of one profile: judged while it is typed, saved together with the permission for its host. */
export class ProfileForm {
  readonly #form = byId("profile-form", HTMLFormElement);
  readonly #save = byId("save-profile", HTMLButtonElement);
  readonly #message = byId("profile-message", HTMLElement);
  readonly #saved: (profile: StoredProfile) => Promise<void>;
  /** Fields that were left once: an error in one that is still being typed for the first time is no news. */
  readonly #touched = new Set<string>();
  #check: CheckProfile | null = null;
  #pressed = false;
  #isSaving = false;
  #shown: ShownProfile = { fields: NEW_PROFILE, isLocked: false, otherNames: [] };

  /** Connects the form; it can be saved once it has its rules. `saved` is called with what was stored. */
  constructor(saved: (profile: StoredProfile) => Promise<void>) {
    this.#saved = saved;
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
      void this.save();
    });
    this.#showExample();
  }

  /** Fills in a profile, and forgets what was typed. */
  show(shown: ShownProfile): void {
    this.#shown = shown;
    this.#touched.clear();
    // What is wrong with a stored one is told at once: nobody is still typing it.
    if (shown.id !== undefined) this.#touchAll();
    this.#message.replaceChildren();
    delete this.#message.dataset.state;
    this.#fill(shown.fields);
    const { isLocked } = shown;
    this.#save.hidden = isLocked;
    for (const field of this.#form.elements) {
      if (!isField(field)) continue;
      if (field instanceof HTMLSelectElement || field.type === "checkbox") field.disabled = isLocked;
      else field.readOnly = isLocked;
    }
  }

  /** Fills in these as if somebody had typed them. */
  type(fields: ProfileFields): void {
    this.#fill(fields);
  }

  /** What the form holds now. */
  get fields(): ProfileFields {
    return this.#fields();
  }

  /** Whether something was typed that is not stored. */
  get isChanged(): boolean {
    return JSON.stringify(this.#fields()) !== JSON.stringify(this.#inOrder(this.#shown.fields));
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

  /**
   * Asks the browser for access to the hosts of the stored profile, unless it has it. To be called straight out of a
   * click, as {@link save}.
   */
  async askForAccess(): Promise<boolean> {
    const origins = this.#judge()?.originPatterns ?? [];
    return origins.length > 0 && requestHosts(origins).catch(() => false);
  }

  /** Stores the profile, if it is good; tells whether it did. */
  async save(): Promise<boolean> {
    this.#touchAll();
    const checked = this.#judge();
    if (checked === null || this.#isSaving) return false;
    if (checked.errors.length > 0) {
      this.#refuse(checked);
      return false;
    }
    const profile = this.#fields();
    const { id } = this.#shown;
    // Before anything is awaited: a browser asks only while the click that led here still counts.
    const asking = requestHosts(checked.originPatterns);
    // Not by disabling the button, which would lose the focus.
    this.#isSaving = true;
    try {
      const granted = await asking.catch(() => false);
      const order = { profile, ...(id !== undefined && { profileId: id }) };
      const reply = await askBackground("profile.save", order);
      if (!reply.ok) {
        showFormMessage(this.#message, "refused", problemSentence(reply.problem));
        return false;
      }
      await this.#saved(reply.value);
      this.#tellSaved(granted, checked.originPatterns);
      return true;
    } finally {
      this.#isSaving = false;
    }
  }

  #touchAll(): void {
    for (const field of this.#form.elements) if (isField(field)) this.#touched.add(field.name);
  }

  #fill(profile: ProfileFields): void {
    for (const name of TEXT_FIELDS) this.#input(name).value = profile[name];
    for (const name of NUMBER_FIELDS) this.#input(name).value = profile[name] === 0 ? "" : `${profile[name]}`;
    for (const name of CHECK_BOXES) this.#input(name).checked = profile[name];
    byId("assetRootFormat", HTMLSelectElement).value = profile.assetRootFormat;
    byId("manifestVersion", HTMLSelectElement).value = profile.manifestVersion;
    byId("outputDirectories", HTMLTextAreaElement).value = profile.outputDirectories.join("\n");
    // What is set there should not be overlooked.
    const { assetRoot, assetRootFormat, outputDirectories, ...others } = profile;
    const { name, region, farmId, queueId, queueRole, bucket, rootPrefix, ...advanced } = others;
    const isSet = Object.entries(advanced).some(
      ([field, value]) => value !== NEW_PROFILE[field as keyof ProfileFields],
    );
    byId("advanced", HTMLDetailsElement).open = isSet;
    this.#judge();
  }

  #released(): void {
    this.#pressed = false;
    // The click comes after the release.
    setTimeout(() => this.#judge());
  }

  #fields(): ProfileFields {
    const format = byId("assetRootFormat", HTMLSelectElement).value;
    const version = byId("manifestVersion", HTMLSelectElement).value;
    const folders = byId("outputDirectories", HTMLTextAreaElement).value.split("\n");
    return this.#inOrder({
      ...read(TEXT_FIELDS, (name) => this.#input(name).value.trim()),
      ...read(NUMBER_FIELDS, (name) => (this.#isWholeNumber(name) ? Number(this.#input(name).value) : 0)),
      ...read(CHECK_BOXES, (name) => this.#input(name).checked),
      assetRootFormat: format === "windows" ? "windows" : "posix",
      manifestVersion: version === "v2025-12-04-beta" ? version : "v2023-03-03",
      outputDirectories: folders.map((folder) => folder.trim()).filter((folder) => folder !== ""),
    });
  }

  /** The same fields, always in the same order, so that two profiles can be compared as text. */
  #inOrder(fields: ProfileFields): ProfileFields {
    const names = Object.keys(NEW_PROFILE) as (keyof ProfileFields)[];
    return Object.fromEntries(names.map((name) => [name, fields[name]])) as unknown as ProfileFields;
  }

  #input(name: keyof ProfileFields): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  #isWholeNumber(name: (typeof NUMBER_FIELDS)[number]): boolean {
    return WHOLE_NUMBER.test(this.#input(name).value.trim());
  }

  /** The rules are Rust's, which is given one profile and numbers: that a text is none, or a name is taken, is said here. */
  #checkFields(): Judgement | null {
    if (this.#check === null) return null;
    const fields = this.#fields();
    const checked = this.#check(fields);
    const noNumbers = NUMBER_FIELDS.filter((name) => !this.#isWholeNumber(name));
    const errors: Judgement["errors"] = noNumbers.map((field) => ({
      field,
      code: "number-malformed",
      message: text("field_number_malformed"),
    }));
    if (this.#shown.otherNames.includes(fields.name)) {
      const message = text("profileNameTaken", fields.name);
      errors.push({ field: "name", code: "profile-name-taken", message });
    }
    if (errors.length === 0) return checked;
    return { errors: [...checked.errors, ...errors], originPatterns: [] };
  }

  /** Shows the errors of the fields that were touched, and what this profile would mean. */
  #judge(): Judgement | null {
    this.#showExample();
    this.#warnOfVersion();
    const checked = this.#checkFields();
    if (checked === null) return null;
    for (const field of this.#form.elements) {
      if (!isField(field)) continue;
      const error = this.#touched.has(field.name) && checked.errors.find((each) => each.field === field.name);
      showFieldError(field, error ? fieldErrorText(error) : null);
    }
    const note = byId("access-note", HTMLElement);
    note.replaceChildren();
    if (checked.originPatterns.length > 0 && !this.#shown.isLocked) {
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

  #warnOfVersion(): void {
    const warning = byId("manifestVersion-warning", HTMLElement);
    const isBeta = byId("manifestVersion", HTMLSelectElement).value !== "v2023-03-03";
    const sentence = isBeta ? text("profileManifestVersionWarning") : "";
    if (warning.textContent !== sentence) warning.textContent = sentence;
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

  #refuse(checked: Judgement): void {
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

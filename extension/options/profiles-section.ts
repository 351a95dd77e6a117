import { askBackground } from "../shared/background-client.ts";
import { byId, make } from "../shared/dom.ts";
import type { BackgroundStatus, ProfileFields, Reply, StoredProfile } from "../shared/messages.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { confirmInPage } from "./confirm.ts";
import { ConnectionView } from "./connection-view.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";
import { LoadedLater } from "./loaded-later.ts";
import type { CheckProfile } from "./profile-check.ts";
import { readProfiles, writeProfiles } from "./profile-documents.ts";
import { NEW_PROFILE, ProfileForm } from "./profile-form.ts";
import { showProfileList } from "./profile-list.ts";
import { QueueChoice } from "./queue-choice.ts";

/** Longest name of a profile, in characters. */
const LONGEST_NAME = 64;
/** Far more than any list of profiles, in bytes. */
const LARGEST_DOCUMENT = 4 << 20;

/** The part of the page with all profiles: the list, the form of one of them, and what can be done with it. */
export class ProfilesSection {
  readonly #form = new ProfileForm((profile) => this.#saved(profile));
  readonly #queueChoice: QueueChoice;
  readonly #connection = new ConnectionView();
  readonly #message = byId("profile-message", HTMLElement);
  #status: BackgroundStatus | undefined;
  readonly #rules: LoadedLater<CheckProfile>;
  #isTesting = false;
  /** The profile in the form; none for a new one. */
  #shown: StoredProfile | undefined;

  /** Connects the buttons; shows nothing before {@link refresh}. What needs the rules waits for them. */
  constructor(rules: Promise<CheckProfile>) {
    this.#rules = new LoadedLater(rules);
    this.#queueChoice = new QueueChoice(
      this.#form,
      rules.then(async () => (await import("../shared/profile-rules.ts")).judgeDeadline),
    );
    this.#on("new-profile", () => this.#begin(NEW_PROFILE));
    this.#on("duplicate-profile", () => this.#duplicate());
    this.#on("default-profile", () => this.#makeDefault());
    this.#on("delete-profile", () => this.#delete());
    this.#on("test-connection", () => this.#testConnection());
    this.#on("export-profiles", () => this.#export());
    const file = byId("import-file", HTMLInputElement);
    this.#on("import-profiles", () => file.click());
    file.addEventListener("change", () =>
      this.#rules.use(
        (check) => void this.#import(file, check),
        () => showFormMessage(byId("import-message", HTMLElement), "refused", text("optionsNoRulesHere")),
      ),
    );
  }

  /** Gives the form its rules. */
  useRules(check: CheckProfile): void {
    this.#form.useRules(check);
    byId("test-connection", HTMLButtonElement).disabled = false;
  }

  /** Shows this profile, unless what was typed into another one is to stay; tells whether it is shown. */
  async turnTo(id: string): Promise<boolean> {
    if (id === this.#shown?.id) return true;
    await this.refresh();
    const profile = this.#profile(id);
    if (profile === undefined) {
      showFormMessage(this.#message, "refused", text("optionsProfileGone"));
      this.#message.scrollIntoView({ block: "center" });
      return false;
    }
    if (!(await this.#mayLeave())) return false;
    this.#show(profile);
    return true;
  }

  /** Types a value into a field of the profile that is shown, for a person to look at and save. */
  typeInto(field: "region", value: string): void {
    if (this.#shown?.isLocked) return;
    this.#form.type({ ...this.#form.fields, [field]: value });
  }

  /** Tells that there are no rules and so no saving. */
  cannotLoadRules(): void {
    this.#form.cannotLoadRules();
  }

  /**
   * Looks at what is stored, and shows the profile that uploads go to, unless another one is shown. `unasked`: nobody has done
   * anything here, there is only news.
   */
  async refresh(unasked = false): Promise<BackgroundStatus | undefined> {
    const reply = await askBackground("status.get", { unasked });
    if (!reply.ok) {
      showFormMessage(this.#message, "refused", problemSentence(reply.problem));
      return undefined;
    }
    const isFirst = this.#status === undefined;
    this.#status = reply.value;
    if (isFirst) this.#show(this.#profile(reply.value.profileId));
    else this.#showAround();
    return reply.value;
  }

  #on(id: string, act: () => unknown): void {
    byId(id, HTMLButtonElement).addEventListener("click", () => void act());
  }

  #profile(id: string | null | undefined): StoredProfile | undefined {
    return this.#status?.profiles.find((profile) => profile.id === id);
  }

  #names(except?: string): string[] {
    const others = (this.#status?.profiles ?? []).filter(({ id }) => id !== except);
    return others.map(({ fields }) => fields.name);
  }

  #show(profile: StoredProfile | undefined, fields = profile?.fields ?? NEW_PROFILE): void {
    this.#shown = profile;
    const isLocked = profile?.isLocked ?? this.#status?.mayHaveOwnProfiles === false;
    const otherNames = this.#names(profile?.id);
    this.#form.show({ ...(profile && { id: profile.id }), fields, isLocked, otherNames });
    this.#connection.clear();
    this.#queueChoice.clear(isLocked);
    this.#showAround();
  }

  /** Everything but the form. */
  #showAround(): void {
    const status = this.#status;
    if (status === undefined) return;
    const shown = this.#shown;
    showProfileList(status, shown?.id, (id) => void this.#choose(id));
    const title = byId("profile-title", HTMLElement);
    title.replaceChildren(
      shown ? make("bdi", {}, visibleText(shown.fields.name)) : text("optionsProfileNewTitle"),
    );
    const hide = (id: string, isHidden: boolean) => {
      byId(id, HTMLElement).hidden = isHidden;
    };
    const mayHaveOwn = status.mayHaveOwnProfiles;
    hide("new-profile", !mayHaveOwn);
    hide("import-profiles", !mayHaveOwn);
    hide("export-profiles", status.profiles.length === 0);
    hide("default-profile", shown === undefined || shown.id === status.defaultProfileId);
    hide("duplicate-profile", shown === undefined || !mayHaveOwn);
    hide("delete-profile", shown === undefined || shown.isLocked);
    hide("profile-locked", !(shown?.isLocked ?? !mayHaveOwn));
  }

  /** Whether what was typed may go. */
  async #mayLeave(): Promise<boolean> {
    if (!this.#form.isChanged) return true;
    return confirmInPage({
      title: text("optionsDiscardTitle"),
      text: text("optionsDiscardText"),
      go: text("optionsDiscardGo"),
      cancel: text("optionsDiscardCancel"),
    });
  }

  async #choose(id: string): Promise<void> {
    if (id === this.#shown?.id || !(await this.#mayLeave())) return;
    this.#show(this.#profile(id));
    byId("profile-list", HTMLElement).querySelector<HTMLElement>("[aria-current]")?.focus();
  }

  async #begin(fields: ProfileFields): Promise<void> {
    if (!(await this.#mayLeave())) return;
    this.#show(undefined, fields);
    byId("name", HTMLInputElement).select();
  }

  async #duplicate(): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined || !(await this.#mayLeave())) return;
    this.#show(undefined, NEW_PROFILE);
    // Not stored yet: the form shows a new profile in which something was typed already.
    this.#form.type({ ...shown.fields, name: freeName(shown.fields.name, this.#names()) });
    byId("name", HTMLInputElement).select();
  }

  async #makeDefault(): Promise<void> {
    if (this.#shown === undefined) return;
    const reply = await askBackground("profile.setDefault", { profileId: this.#shown.id });
    if (!this.#refused(reply)) showFormMessage(this.#message, "saved", text("optionsProfileIsDefault"));
    await this.refresh();
    // Its button is gone.
    byId("profile-title", HTMLElement).focus();
  }

  async #delete(): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined) return;
    const sure = await confirmInPage({
      title: text("optionsDeleteTitle", visibleText(shown.fields.name)),
      text: text("optionsDeleteText"),
      go: text("optionsProfileDelete"),
      cancel: text("optionsDeleteCancel"),
    });
    if (!sure || this.#refused(await askBackground("profile.delete", { profileId: shown.id }))) return;
    this.#status = undefined;
    await this.refresh();
    showFormMessage(this.#message, "saved", text("optionsProfileDeleted", visibleText(shown.fields.name)));
    byId("profile-title", HTMLElement).focus();
  }

  async #saved(profile: StoredProfile): Promise<void> {
    await this.refresh();
    this.#show(this.#profile(profile.id) ?? profile);
  }

  #refused(reply: Reply<null>): boolean {
    if (!reply.ok) showFormMessage(this.#message, "refused", problemSentence(reply.problem));
    return !reply.ok;
  }

  /** What is tested is what is stored: unsaved changes are saved first. */
  async #testConnection(): Promise<void> {
    if (this.#isTesting) return;
    const isStored = this.#shown !== undefined && !this.#form.isChanged;
    const ready = await (isStored ? this.#form.askForAccess().then(() => true) : this.#form.save());
    const profile = this.#shown;
    if (!ready || profile === undefined) return;
    // Not by disabling the button, which would lose the focus.
    this.#isTesting = true;
    try {
      await this.#connection.run(profile);
    } finally {
      this.#isTesting = false;
    }
  }

  #export(): void {
    const document = writeProfiles((this.#status?.profiles ?? []).map(({ fields }) => fields));
    const url = URL.createObjectURL(new Blob([document], { type: "application/json" }));
    make("a", { href: url, download: "deadline-cloud-profiles.json" }).click();
    // The browser has begun to read it by then, or never will.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  async #import(input: HTMLInputElement, check: CheckProfile): Promise<void> {
    const [file] = input.files ?? [];
    const message = byId("import-message", HTMLElement);
    const report = byId("import-report", HTMLElement);
    report.replaceChildren();
    if (file === undefined) return;
    const document = file.size > LARGEST_DOCUMENT ? "" : await file.text();
    // So that the same file can be chosen again.
    input.value = "";
    const read = readProfiles(document, check, this.#names());
    if (typeof read === "string") {
      showFormMessage(message, "refused", read);
      return;
    }
    let count = 0;
    for (const profile of read.taken) {
      const reply = await askBackground("profile.save", { profile });
      if (reply.ok) count += 1;
      else read.refused.push({ name: profile.name, reason: problemSentence(reply.problem) });
    }
    if (this.#shown === undefined && !this.#form.isChanged) this.#status = undefined;
    // Whoever reads the outcome finds the profiles in the list.
    await this.refresh();
    const outcome = read.refused.length > 0 ? "refused" : "saved";
    showFormMessage(message, outcome, text("optionsImportDone", count, read.refused.length));
    report.replaceChildren(
      ...read.refused.map(({ name, reason }) =>
        make("li", {}, make("bdi", {}, visibleText(name)), ` ${visibleText(reason)}`),
      ),
    );
  }
}

/** A name for a copy that no other profile has. */
function freeName(name: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? text("optionsProfileCopy") : `${text("optionsProfileCopy")} ${number}`;
    const copy = `${[...name].slice(0, LONGEST_NAME - ending.length - 1).join("")} ${ending}`;
    if (!taken.includes(copy)) return copy;
  }
}

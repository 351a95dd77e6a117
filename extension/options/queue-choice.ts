import type { QueueInfo } from "deadlinejs/common";
import { askBackground } from "../shared/background-client.ts";
import { requestHosts } from "../shared/browser.ts";
import { byId, make } from "../shared/dom.ts";
import type { Problem, ProfileFields, Reply } from "../shared/messages.ts";
import { problemButton } from "../shared/problem-button.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import type { judgeDeadline } from "../shared/profile-rules.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { fillList } from "./fill-list.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";
import { LoadedLater } from "./loaded-later.ts";

/** The form that is filled. */
export interface FilledForm {
  readonly fields: ProfileFields;
  type(fields: ProfileFields): void;
}

/**
 * Farm and queue chosen from lists instead of typed. What is the only one is chosen by itself; the queue tells bucket, root
 * prefix and owner. The fields below stay, for who knows better.
 */
export class QueueChoice {
  readonly #button = byId("choose-queue", HTMLButtonElement);
  readonly #message = byId("choose-queue-message", HTMLElement);
  readonly #choices = byId("queue-choices", HTMLElement);
  readonly #farms = byId("farm-choice", HTMLSelectElement);
  readonly #queues = byId("queue-choice", HTMLSelectElement);
  readonly #storage = byId("storage-profile-choices", HTMLElement);
  readonly #storageProfiles = byId("storage-profile-choice", HTMLSelectElement);
  /** How the storage profiles are called that this page has listed, by id. */
  readonly #storageNames = new Map<string, string>();
  readonly #rules: LoadedLater<typeof judgeDeadline>;
  /** What comes after another choice was made is too late. */
  #turn = 0;

  /** Connects the button and the lists. `rules` are those for addresses, without which nothing can be asked. */
  constructor(
    private readonly form: FilledForm,
    rules: Promise<typeof judgeDeadline>,
  ) {
    this.#rules = new LoadedLater(rules);
    this.#button.addEventListener("click", () => this.start());
    this.#farms.addEventListener("change", () => void this.#chooseFarm(this.#farms.value));
    this.#queues.addEventListener("change", () => void this.#chooseQueue(this.#queues.value));
    this.#storageProfiles.addEventListener("change", () =>
      this.#chooseStorageProfile(this.#storageProfiles.value),
    );
    byId("storageProfileId", HTMLInputElement).addEventListener("input", () => this.#showStorageProfile());
  }

  /** Shows no lists: those of another profile may be others. Its storage profile is told without asking for its name. */
  clear(isLocked: boolean): void {
    this.#turn += 1;
    this.#button.disabled = isLocked;
    this.#storageProfiles.disabled = isLocked;
    this.#choices.hidden = true;
    const { storageProfileId } = this.form.fields;
    this.#offerStorageProfiles(storageProfileId === "" ? [] : [storageProfileId]);
    this.#message.replaceChildren();
    delete this.#message.dataset.state;
  }

  /** Gets the list of farms; must be called straight out of a click, in which the browser may ask for access to the host. */
  start(): void {
    this.#rules.use(
      (judge) => void this.#startBy(judge),
      () => showFormMessage(this.#message, "refused", text("optionsNoRulesHere")),
    );
  }

  async #startBy(judge: typeof judgeDeadline): Promise<void> {
    const place = this.#place();
    const judged = judge(place);
    const [error] = judged.errors;
    if (error !== undefined) {
      byId(error.field, HTMLInputElement).focus();
      showFormMessage(this.#message, "refused", fieldErrorText(error));
      return;
    }
    const granted = requestHosts(judged.originPatterns).catch(() => false);
    const turn = this.#begin();
    if (!(await granted)) {
      showFormMessage(this.#message, "refused", text("optionsChooseQueueDenied"));
      return;
    }
    const farms = await this.#value(turn, askBackground("farms.list", place));
    if (farms === undefined) return;
    if (farms.length === 0) {
      showFormMessage(this.#message, "refused", text("optionsNoFarms", place.region));
      return;
    }
    this.#choices.hidden = false;
    offer(
      this.#farms,
      farms.map(({ farmId, name }) => [farmId, name]),
      this.form.fields.farmId,
    );
    this.#queues.replaceChildren();
    await this.#chooseFarm(this.#farms.value);
    if (this.#farms.value === "") this.#farms.focus();
  }

  #place() {
    const { region, deadlineEndpoint, principalId } = this.form.fields;
    return { region, deadlineEndpoint, principalId };
  }

  #begin(): number {
    this.#turn += 1;
    showFormMessage(this.#message, "saved", text("optionsChooseQueueAsking"), "caution");
    delete this.#message.dataset.state;
    return this.#turn;
  }

  async #chooseFarm(farmId: string): Promise<void> {
    this.#queues.replaceChildren();
    this.#storage.hidden = true;
    if (farmId === "") {
      showFormMessage(this.#message, "saved", text("optionsChooseFarm"), "caution");
      return;
    }
    const { fields } = this.form;
    if (fields.farmId !== farmId) this.form.type({ ...fields, farmId, queueId: "" });
    const turn = this.#begin();
    const queues = await this.#value(turn, askBackground("queues.list", { ...this.#place(), farmId }));
    if (queues === undefined) return;
    if (queues.length === 0) {
      showFormMessage(this.#message, "refused", text("optionsNoQueues"));
      return;
    }
    offer(
      this.#queues,
      queues.map(({ queueId, name }) => [queueId, name]),
      this.form.fields.queueId,
    );
    if (this.#queues.value === "") this.#queues.focus();
    await this.#chooseQueue(this.#queues.value);
  }

  async #chooseQueue(queueId: string): Promise<void> {
    this.#storage.hidden = true;
    if (queueId === "") {
      showFormMessage(this.#message, "saved", text("optionsChooseOneQueue"), "caution");
      return;
    }
    const farmId = this.#farms.value;
    const turn = this.#begin();
    const queue = await this.#value(turn, askBackground("queue.get", { ...this.#place(), farmId, queueId }));
    if (queue === undefined) return;
    const { bucket, rootPrefix, expectedBucketOwner } = queue;
    const { fields } = this.form;
    this.form.type({
      ...fields,
      name: fields.name === "" ? queue.name.slice(0, 64) : fields.name,
      farmId,
      queueId,
      bucket,
      rootPrefix,
      expectedBucketOwner,
      queueRole: true,
    });
    await this.#listStorageProfiles(turn, queue);
  }

  /** Offers the queue's storage profiles, if it has any; none is chosen by itself, because it names a kind of machine. */
  async #listStorageProfiles(turn: number, { queueId, name }: QueueInfo): Promise<void> {
    const farmId = this.#farms.value;
    const reply = await askBackground("storageProfiles.list", { ...this.#place(), farmId, queueId });
    if (turn !== this.#turn) return;
    const chosen = text("optionsQueueChosen", visibleText(name));
    if (!reply.ok) {
      showFormMessage(this.#message, "saved", `${chosen} ${problemSentence(reply.problem)}`, "caution");
      return;
    }
    const { storageProfileId } = this.form.fields;
    const isListed = reply.value.some((one) => one.storageProfileId === storageProfileId);
    // It belongs to another queue.
    if (storageProfileId !== "" && !isListed) this.#chooseStorageProfile("");
    for (const one of reply.value)
      this.#storageNames.set(one.storageProfileId, `${visibleText(one.name)} (${SYSTEMS[one.osFamily]})`);
    this.#offerStorageProfiles(reply.value.map((one) => one.storageProfileId));
    showFormMessage(this.#message, "saved", chosen);
  }

  /** Offers these or none, by their names as far as they are known. */
  #offerStorageProfiles(ids: string[]): void {
    this.#storage.hidden = ids.length === 0;
    this.#storageProfiles.replaceChildren(
      make("option", { value: "" }, text("optionsNoStorageProfile")),
      ...ids.map((id) =>
        make("option", { value: id, "data-data": "" }, this.#storageNames.get(id) ?? visibleText(id)),
      ),
    );
    this.#showStorageProfile();
  }

  /** Shows what the form holds as chosen; nothing if it is none of those that are offered. */
  #showStorageProfile(): void {
    this.#storageProfiles.value = this.form.fields.storageProfileId;
  }

  /** The location that was named by hand is one of the storage profile's own from now on. */
  #chooseStorageProfile(storageProfileId: string): void {
    const { fields } = this.form;
    const locationName = storageProfileId === "" ? fields.locationName : "";
    this.form.type({ ...fields, storageProfileId, locationName });
  }

  /** The value of a reply that is still wanted; nothing after a refusal, which is shown. */
  async #value<T>(turn: number, asking: Promise<Reply<T>>): Promise<T | undefined> {
    const reply = await asking;
    if (turn !== this.#turn) return undefined;
    if (reply.ok) return reply.value;
    this.#refuse(reply.problem);
    return undefined;
  }

  /** The button that was pressed goes with what it was about; the other one for the same stays. */
  #startAgain(): void {
    this.#button.focus();
    this.start();
  }

  #refuse(problem: Problem): void {
    showFormMessage(this.#message, "refused", problemSentence(problem));
    const button = problem.button && problemButton(problem.button, { tryAgain: () => this.#startAgain() });
    if (button) this.#message.append(button);
  }
}

/** As the systems call themselves. */
const SYSTEMS = { WINDOWS: "Windows", LINUX: "Linux", MACOS: "macOS" } as const;

/** Fills a list; chosen is what was chosen before, or the only one. */
function offer(list: HTMLSelectElement, items: [string, string][], before: string): void {
  fillList(list, items);
  const [only] = items;
  if (items.length < 2) list.options[0]?.remove();
  const known = items.find(([value]) => value === before);
  list.value = known?.[0] ?? (items.length === 1 ? (only?.[0] ?? "") : "");
}

import { forgetUnfinished, listUnfinished, type UnfinishedUpload } from "deadlinejs/journal";
import { byId, make } from "../shared/dom.ts";
import { formatMoment } from "../shared/format.ts";
import { askToRead } from "../shared/handles.ts";
import { fromRoots } from "../shared/intake/from-roots.ts";
import type { Intake } from "../shared/intake/intake.ts";
import { uploadLockName } from "../shared/messages.ts";
import { text, textParts } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** What the offer needs of the page. */
export interface OfferEvents {
  /** The person wants to go on with it, and the browser lets us read it. */
  onContinue: (intake: Intake) => void;
  /** The browser was not allowed to read it again. */
  onDenied: () => void;
  /** There is another offer than before, or none. */
  onChange: () => void;
  /** The person wants no more of it: the buttons are gone, or are those of another one. */
  onForgotten: () => void;
}

/** Offers to go on with an upload that was begun and never ended: the browser was closed, or crashed. */
export class UnfinishedOffer {
  readonly #continue = byId("continue-upload", HTMLButtonElement);
  readonly #forget = byId("forget-upload", HTMLButtonElement);
  readonly #events: OfferEvents;
  /** Locks of uploads that were being worked at when the page looked: their ends are waited for. */
  readonly #awaited = new Set<string>();
  #offered: UnfinishedUpload | undefined;
  #isAsking = false;

  /** Connects the buttons; nothing is offered before {@link look}. */
  constructor(events: OfferEvents) {
    this.#events = events;
    this.#continue.addEventListener("click", () => void this.#goOn());
    this.#forget.addEventListener("click", () => void this.#drop());
  }

  /**
   * Looks for the latest upload that nobody works at; again when somebody no longer works at one, who may have crashed, or
   * be closed but not gone yet.
   */
  async look(): Promise<void> {
    const [uploads, locks] = await Promise.all([listUnfinished(), navigator.locks.query()]);
    const held = new Set(locks.held?.map(({ name }) => name));
    const isHeld = ({ uploadId }: UnfinishedUpload) => held.has(uploadLockName(uploadId));
    for (const { uploadId } of uploads.filter(isHeld)) void this.#lookAfter(uploadLockName(uploadId));
    this.#offered = uploads.find((upload) => !isHeld(upload));
    this.#events.onChange();
  }

  /** Shows the offer, if there is one and the page has room for it. */
  show({ hasRoom, isReady, profileName }: { hasRoom: boolean; isReady: boolean; profileName: string }): void {
    const offered = this.#offered;
    byId("unfinished", HTMLElement).hidden = offered === undefined || !hasRoom;
    if (offered === undefined) return;
    const label = visibleText(offered.label);
    const isSameProfile = offered.profileName === profileName;
    byId("unfinished-title", HTMLElement).textContent = text("workspaceUnfinished", label);
    byId("unfinished-text", HTMLElement).replaceChildren(...this.#text(offered, isSameProfile, isReady));
    this.#continue.hidden = offered.roots.length === 0 || !isSameProfile || !isReady;
    this.#continue.textContent = text("workspaceContinue", label);
  }

  /** Something with this label was begun anew, which replaces what was not finished of it. */
  async replace(label: string, profileName: string): Promise<void> {
    const uploads = await listUnfinished();
    const { held = [] } = await navigator.locks.query();
    for (const upload of uploads) {
      const isRunning = held.some(({ name }) => name === uploadLockName(upload.uploadId));
      if (!isRunning && upload.label === label && upload.profileName === profileName)
        await forgetUnfinished(upload.uploadId);
    }
    await this.look();
  }

  async #lookAfter(lock: string): Promise<void> {
    if (this.#awaited.has(lock)) return;
    this.#awaited.add(lock);
    await navigator.locks.request(lock, { mode: "shared" }, () => undefined);
    this.#awaited.delete(lock);
    await this.look();
  }

  #text(offered: UnfinishedUpload, isSameProfile: boolean, isReady: boolean): (Node | string)[] {
    return [
      text("workspaceUnfinishedBegan", formatMoment(offered.startedAt)),
      " ",
      ...whatNow(offered, isSameProfile, isReady),
    ];
  }

  async #goOn(): Promise<void> {
    const offered = this.#offered;
    if (offered === undefined || this.#isAsking) return;
    // All at once, before anything is awaited: a browser asks only while the click that led here still counts.
    const asking = Promise.all(offered.roots.map(askToRead));
    // The button stays enabled: one that is not loses the focus.
    this.#isAsking = true;
    const mayRead = await asking.catch(() => [false]);
    this.#isAsking = false;
    if (mayRead.every((may) => may)) this.#events.onContinue(intakeOf(offered));
    else this.#events.onDenied();
  }

  async #drop(): Promise<void> {
    if (this.#offered) await forgetUnfinished(this.#offered.uploadId);
    await this.look();
    this.#events.onForgotten();
  }
}

/** With the choice of files that it was begun with. */
function intakeOf({ label, roots, patterns }: UnfinishedUpload): Intake {
  return { ...fromRoots(label, roots), patterns };
}

function whatNow(offered: UnfinishedUpload, isSameProfile: boolean, isReady: boolean): (Node | string)[] {
  if (!isSameProfile) {
    const name = make("bdi", {}, visibleText(offered.profileName));
    return textParts("workspaceUnfinishedOtherProfile", name);
  }
  if (!isReady) return [text("workspaceUnfinishedNotReady")];
  return [text(offered.roots.length === 0 ? "workspaceUnfinishedDropAgain" : "workspaceUnfinishedAsks")];
}

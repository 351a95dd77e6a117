import { byId } from "../shared/dom.ts";
import { listHistory, onHistory } from "../shared/history.ts";
import { historyElement } from "../shared/history-element.ts";
import type { HistoryEntry } from "../shared/history-entry.ts";

/** As many as there is room for. */
const SHOWN = 3;

/** The uploads that ended last, each with a button that copies its attachments JSON. */
export class LastUploads {
  readonly #region: HTMLElement;
  #kept: HistoryEntry[] = [];
  /** Ends that were heard of here: there may be no history. */
  readonly #heard = new Map<string, HistoryEntry>();

  /** `region` says what was copied. */
  constructor(region: HTMLElement) {
    this.#region = region;
    onHistory(() => void this.look());
  }

  /** Looks into the history. */
  async look(): Promise<void> {
    this.#kept = await listHistory(SHOWN);
    this.#show();
  }

  /** An upload has ended, or had when the popup was opened. */
  add(entry: HistoryEntry): void {
    this.#heard.set(entry.uploadId, entry);
    this.#show();
  }

  #show(): void {
    const entries = new Map(this.#kept.map((entry) => [entry.uploadId, entry]));
    for (const [uploadId, entry] of this.#heard) entries.set(uploadId, entry);
    const latest = [...entries.values()].sort((one, other) => other.endedAt - one.endedAt).slice(0, SHOWN);
    byId("last", HTMLElement).hidden = latest.length === 0;
    byId("last-uploads", HTMLUListElement).replaceChildren(
      ...latest.map((entry) => historyElement(entry, this.#region)),
    );
  }
}

import { byId } from "../shared/dom.ts";
import type { ReceiptFormat, UploadState } from "../shared/messages.ts";
import { text } from "../shared/text.ts";
import { isOutcomeUnknown } from "../shared/upload-summary.ts";
import type { UploadsClient } from "../shared/uploads-client.ts";

/** How long the browser may take to begin with a download, in milliseconds. */
const BEGINS_WITHIN = 60_000;

/** The buttons that save what an upload has left: receipt and attachments JSON. */
export class Downloads {
  #state: UploadState | undefined;

  /** Connects the buttons. `onGone` is told what to say where there is nothing to save any more. */
  constructor(uploads: Pick<UploadsClient, "receipt">, onGone: (sentence: string) => void) {
    const formats: ReceiptFormat[] = ["json", "csv"];
    for (const format of formats) {
      byId(`receipt-${format}`, HTMLButtonElement).addEventListener("click", async () => {
        const state = this.#state;
        if (state === undefined) return;
        const receipt = await uploads.receipt(state.uploadId, format).catch(() => undefined);
        if (receipt) save(receipt, nameOf(state, "receipt", format));
        else onGone(text("receiptGone"));
      });
    }
    byId("download-attachments", HTMLButtonElement).addEventListener("click", () => {
      const { result } = this.#state ?? {};
      if (this.#state === undefined || result === undefined) return;
      const attachments = new Blob([result.manifest.attachments], { type: "application/json" });
      save(attachments, nameOf(this.#state, "attachments", "json"));
    });
  }

  /**
   * They are this upload's from now on; there is nothing to save of a preview that was given up, nor where the engine host
   * is lost, which makes the receipts.
   */
  show(state: UploadState): void {
    this.#state = state;
    byId("downloads", HTMLElement).hidden = state.isGivenUp === true || isOutcomeUnknown(state);
    byId("download-attachments", HTMLElement).hidden = state.result === undefined;
  }

  /** There is nothing to save. */
  hide(): void {
    byId("downloads", HTMLElement).hidden = true;
  }
}

/** `shot_010-receipt-2026-11-24T18-13-50.json`: what systems do not take in a name is left out. */
export function nameOf(
  { label, startedAt }: Pick<UploadState, "label" | "startedAt">,
  what: string,
  ending: string,
): string {
  const moment = new Date(startedAt).toISOString().slice(0, 19).replaceAll(":", "-");
  const safe = label
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[._]+/, "")
    .slice(0, 80);
  return `${[...(safe === "" ? [] : [safe]), what, moment].join("-")}.${ending}`;
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), BEGINS_WITHIN);
}

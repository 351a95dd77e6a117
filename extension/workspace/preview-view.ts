import { byId } from "../shared/dom.ts";
import { formatBytes, formatCount, formatCounted, formatRemaining } from "../shared/format.ts";
import type { FilePatterns, Preview, Problem, UploadState } from "../shared/messages.ts";
import { problemParts } from "../shared/problem-element.ts";
import { text, textFor } from "../shared/text.ts";
import type { UploadsClient } from "../shared/uploads-client.ts";
import { PatternFields } from "./pattern-fields.ts";
import { PreviewPresence } from "./preview-presence.ts";

/**
 * What an upload would do, before anything of it is sent: how much, what of it is new, what is skipped; patterns that
 * choose files; and the one button that sends.
 */
export class PreviewView {
  readonly #send = byId("preview-upload", HTMLButtonElement);
  readonly #cancel = byId("preview-cancel", HTMLButtonElement);
  readonly #patterns: PatternFields;
  readonly #presence = new PreviewPresence();
  #uploadId = "";
  #wasReady = false;

  /** Connects buttons and fields. */
  constructor(uploads: Pick<UploadsClient, "send" | "select" | "cancel">) {
    this.#patterns = new PatternFields((patterns: FilePatterns) => uploads.select(this.#uploadId, patterns));
    this.#send.addEventListener("click", () => {
      void this.#sendAll(uploads);
    });
    this.#cancel.addEventListener("click", () => {
      this.#press();
      uploads.cancel(this.#uploadId);
    });
  }

  /** Shows the preview of an upload that waits, or nothing. */
  show(state: UploadState | null): void {
    const preview = state?.preview;
    byId("preview", HTMLElement).hidden = preview === undefined;
    this.#presence.show(preview && state?.uploadId);
    if (state === null || preview === undefined) return;
    if (state.uploadId !== this.#uploadId) {
      this.#uploadId = state.uploadId;
      this.#wasReady = false;
      this.#release();
      this.#patterns.reset();
    }
    this.#patterns.fill(state.patterns);
    this.#showRefusal(state.refusal);
    showFigures(preview);
    const isEmpty = preview.isReady && preview.files === 0;
    if (!this.#cancel.disabled) this.#send.disabled = isEmpty;
    byId("preview-state", HTMLElement).textContent = isEmpty
      ? text("previewNothingLeft")
      : progressSentence(state, preview);
    if (preview.isReady && !this.#wasReady) this.#takeFocus();
    this.#wasReady = preview.isReady;
  }

  /** What was typed last may still wait to be told, or even to be checked. */
  async #sendAll(uploads: Pick<UploadsClient, "send">): Promise<void> {
    const uploadId = this.#uploadId;
    this.#press();
    const isTold = await this.#patterns.tellNow();
    if (uploadId !== this.#uploadId) return;
    if (isTold) {
      uploads.send(uploadId);
      return;
    }
    this.#release();
    this.#patterns.focusFault();
  }

  #showRefusal(refusal: Problem | undefined): void {
    const element = byId("preview-refusal", HTMLElement);
    // Also where it is shown already: pressing the button has changed nothing.
    if (refusal) this.#release();
    if (element.hidden === (refusal === undefined)) return;
    element.hidden = refusal === undefined;
    element.replaceChildren(...(refusal ? problemParts(refusal) : []));
  }

  #release(): void {
    this.#send.disabled = false;
    this.#cancel.disabled = false;
  }

  #press(): void {
    this.#send.disabled = true;
    this.#cancel.disabled = true;
  }

  /** Enter is to send, unless the person is busy elsewhere. */
  #takeFocus(): void {
    const focused = document.activeElement;
    const isFree = focused === null || focused === document.body || focused.id === "headline";
    if (isFree && !this.#send.disabled) this.#send.focus({ preventScroll: true });
  }
}

function showFigures(preview: Preview): void {
  const { files, bytes, contentsNew, bytesNew, contentsInStore, bytesInStore } = preview;
  figure("files", files, bytes);
  figure("new", contentsNew, bytesNew);
  figure("there", contentsInStore, bytesInStore);
  byId("preview-time", HTMLElement).textContent = timeSentence(preview);
  const { filesLeftOut, bytesLeftOut, filesFailed } = preview;
  const leftOut = byId("preview-left-out", HTMLElement);
  leftOut.textContent =
    filesLeftOut === 0
      ? ""
      : textFor(filesLeftOut, "previewLeftOut", formatCount(filesLeftOut), formatBytes(bytesLeftOut));
  const failed = byId("preview-failed", HTMLElement);
  failed.hidden = filesFailed === 0;
  failed.textContent = filesFailed === 0 ? "" : formatCounted(filesFailed, "previewFailed");
}

function figure(name: string, count: number, bytes: bigint): void {
  const element = byId(`preview-${name}`, HTMLElement);
  element.textContent = formatCount(count);
  element.dataset.value = `${count}`;
  const size = byId(`preview-${name}-bytes`, HTMLElement);
  size.textContent = formatBytes(bytes);
  size.dataset.value = `${bytes}`;
}

function timeSentence({ isReady, bytesNew, estimate }: Preview): string {
  if (isReady && bytesNew === 0n) return text("previewEstimateNothing");
  if (estimate === undefined) return isReady ? text("previewEstimateNone") : "";
  const name = estimate.basis === "cap" ? "previewEstimateCap" : "previewEstimateEarlier";
  return text(name, formatRemaining(estimate.time));
}

function progressSentence({ found }: UploadState, { isReady, filesUnseen }: Preview): string {
  if (isReady) return "";
  const still = found.complete
    ? formatCounted(filesUnseen, "previewStillChecking")
    : text("previewStillFinding");
  return `${still} ${text("previewGoesOn")}`;
}

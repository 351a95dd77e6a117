import { askBackground } from "../shared/background-client.ts";
import { byId } from "../shared/dom.ts";
import type { Problem, UploadState } from "../shared/messages.ts";
import { leadsToProfile } from "../shared/problem-button.ts";
import { text } from "../shared/text.ts";

/**
 * The one button below what has failed: it takes the upload up again, or opens the dialog to choose the same again, where
 * the browser gives no other way to files that have changed.
 */
export class FailureActions {
  readonly #button = byId("retry", HTMLButtonElement);
  readonly #onRefused: (problem: Problem) => void;
  #state: UploadState | undefined;
  #isAsking = false;

  /** `onRefused` is told why the upload was not taken up again. */
  constructor(onRefused: (problem: Problem) => void) {
    this.#onRefused = onRefused;
    this.#button.addEventListener("click", () => void this.tryAgain());
  }

  /** Takes the upload up again where that can be, and else lets the same be chosen again. Needs a press, as dialogs do. */
  async tryAgain(): Promise<void> {
    const state = this.#state;
    // The button stays enabled: one that is not loses the focus.
    if (state === undefined || this.#isAsking) return;
    if (state.retry !== "now") {
      chooserFor(state).click();
      return;
    }
    this.#isAsking = true;
    const reply = await askBackground("upload.retry", { uploadId: state.uploadId });
    this.#isAsking = false;
    if (!reply.ok) this.#onRefused(reply.problem);
  }

  /** Shows what can be done about this upload. */
  show(state: UploadState): void {
    this.#state = state;
    const { retry } = state;
    byId("retry-section", HTMLElement).hidden = retry === undefined;
    this.#button.textContent = text(retry === "choose-again" ? "retryChooseAgain" : "retryFailed");
    byId("retry-text", HTMLElement).textContent = text(
      retry === "choose-again" ? "retryChooseAgainText" : "retryText",
    );
  }

  /** More is known now of what this upload failed with. */
  explained({ button }: Problem): void {
    if (button && leadsToProfile(button)) byId("retry-section", HTMLElement).hidden = true;
  }
}

/** Single files were chosen if only such have failed; where no file is named it may have been anything. */
function chooserFor({ problems }: UploadState): HTMLButtonElement {
  const files = problems.flatMap(({ file }) => file ?? []);
  const areLoose = files.length > 0 && !files.some((file) => file.includes("/"));
  return byId(areLoose ? "pick-files" : "pick-folder", HTMLButtonElement);
}

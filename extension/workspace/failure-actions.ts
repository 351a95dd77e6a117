import { askBackground } from "../shared/background-client.ts";
import { byId } from "../shared/dom.ts";
import type { Problem, UploadState } from "../shared/messages.ts";
import { text } from "../shared/text.ts";

/**
 * The one button below what has failed: it takes the upload up again, or opens the dialog to choose the same again, where
 * the browser gives no other way to files that have changed.
 */
export class FailureActions {
  readonly #button = byId("retry", HTMLButtonElement);
  #state: UploadState | undefined;

  /** `onRefused` is told why the upload was not taken up again. */
  constructor(onRefused: (problem: Problem) => void) {
    this.#button.addEventListener("click", async () => {
      const state = this.#state;
      if (state?.retry === "choose-again") {
        chooserFor(state).click();
      } else if (state) {
        this.#button.disabled = true;
        const reply = await askBackground("upload.retry", { uploadId: state.uploadId });
        this.#button.disabled = false;
        if (!reply.ok) onRefused(reply.problem);
      }
    });
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
}

/** A folder was chosen if what failed lies in one. */
function chooserFor({ problems }: UploadState): HTMLButtonElement {
  const isFolder = problems.some(({ file }) => file?.includes("/"));
  return byId(isFolder ? "pick-folder" : "pick-files", HTMLButtonElement);
}

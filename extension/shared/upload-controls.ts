import type { UploadState } from "./messages.ts";
import { text } from "./text.ts";
import { isEnded } from "./upload-summary.ts";
import type { UploadsClient } from "./uploads-client.ts";

/**
 * The two buttons of the upload that is shown: one pauses it or lets it go on, the other cancels it. Cancel, once
 * pressed, says so and waits for the upload's end.
 */
export class UploadControls {
  #uploadId = "";
  #isPaused = false;

  /** Connects the buttons of a page. */
  constructor(
    private readonly pauseButton: HTMLButtonElement,
    private readonly cancelButton: HTMLButtonElement,
    uploads: Pick<UploadsClient, "pause" | "resume" | "cancel" | "onState">,
  ) {
    uploads.onState((state) => {
      // One that has failed may be taken up again, under the same id.
      if (isEnded(state) && state.uploadId === this.#uploadId) this.#uploadId = "";
    });
    pauseButton.addEventListener("click", () => {
      if (this.#isPaused) uploads.resume(this.#uploadId);
      else uploads.pause(this.#uploadId);
    });
    cancelButton.addEventListener("click", () => {
      uploads.cancel(this.#uploadId);
      cancelButton.disabled = true;
      cancelButton.textContent = text("sharedCancelling");
      pauseButton.disabled = true;
    });
  }

  /** Makes them the buttons of this upload; where cancel was pressed for it already, they stay as they are. */
  show({ uploadId, waiting }: Pick<UploadState, "uploadId" | "waiting">): void {
    this.#isPaused = waiting?.type === "paused";
    this.pauseButton.textContent = text(this.#isPaused ? "sharedResume" : "sharedPause");
    this.pauseButton.classList.toggle("primary", this.#isPaused);
    if (uploadId === this.#uploadId) return;
    this.#uploadId = uploadId;
    this.pauseButton.disabled = false;
    this.cancelButton.disabled = false;
    this.cancelButton.textContent = text("sharedCancel");
  }
}

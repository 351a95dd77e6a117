/** The button that cancels the upload that is shown. Pressed once, it says so and waits for the upload's end. */
export class CancelButton {
  #uploadId = "";

  /** Connects a button of a page. */
  constructor(
    private readonly button: HTMLButtonElement,
    cancel: (uploadId: string) => void,
  ) {
    button.addEventListener("click", () => {
      cancel(this.#uploadId);
      button.disabled = true;
      button.textContent = "Cancelling…";
    });
  }

  /** Makes it the button of this upload; one that was pressed for it already stays as it is. */
  show(uploadId: string): void {
    if (uploadId === this.#uploadId) return;
    this.#uploadId = uploadId;
    this.button.disabled = false;
    this.button.textContent = "Cancel upload";
  }
}

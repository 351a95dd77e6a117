import { previewLockName } from "../shared/messages.ts";

/** Lets the engine host know that this page shows a preview: the browser tells by a lock, also when the page is killed. */
export class PreviewPresence {
  #uploadId: string | undefined;
  #leave: () => void = () => undefined;

  /** From now on this page shows the preview of that upload, or none. */
  show(uploadId: string | undefined): void {
    if (uploadId === this.#uploadId) return;
    this.#uploadId = uploadId;
    this.#leave();
    if (uploadId === undefined) return;
    const shown = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    void navigator.locks.request(previewLockName(uploadId), { mode: "shared" }, () => shown);
  }
}

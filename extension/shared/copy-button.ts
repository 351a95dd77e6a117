import { announce } from "./announcer.ts";
import { copyText } from "./copy-text.ts";
import { type MessageName, text } from "./text.ts";

/** How long the button says that it has copied. */
const CONFIRMATION_MILLISECONDS = 2500;

/** What a copy button copies, and how it tells that it has. */
export interface Copying {
  /** The text at the moment of the click. */
  text: () => string;
  /** Says that it is on the clipboard. */
  copied: MessageName;
  /** Says that it is not, and what else to do. */
  notCopied: MessageName;
  /** Live region that says whether it worked. */
  region: HTMLElement;
}

/** Makes the button copy to the clipboard and confirm it in its own label and in the live region. */
export function makeCopyButton(button: HTMLButtonElement, copying: Copying): void {
  const label = button.textContent ?? "";
  let timer = 0;
  button.addEventListener("click", async () => {
    const copied = await copyText(copying.text());
    button.textContent = text(copied ? "sharedCopied" : "sharedNotCopied");
    button.dataset.copied = String(copied);
    announce(copying.region, text(copied ? copying.copied : copying.notCopied));
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      button.textContent = label;
      delete button.dataset.copied;
    }, CONFIRMATION_MILLISECONDS);
  });
}

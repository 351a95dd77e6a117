import { announce } from "./announcer.ts";

/** How long the button says that it has copied. */
const CONFIRMATION_MILLISECONDS = 2500;

/** What a copy button copies, and how it tells that it has. */
export interface Copying {
  /** The text at the moment of the click. */
  text: () => string;
  /** What was copied, as the confirmation names it. */
  what: string;
  /** Live region that says whether it worked. */
  region: HTMLElement;
}

/** Makes the button copy to the clipboard and confirm it in its own label and in the live region. */
export function makeCopyButton(button: HTMLButtonElement, copying: Copying): void {
  const label = button.textContent ?? "";
  let timer = 0;
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(copying.text()).then(
      () => true,
      () => false,
    );
    button.textContent = copied ? "Copied" : "Not copied";
    button.dataset.copied = String(copied);
    announce(
      copying.region,
      copied
        ? `${copying.what} is on the clipboard.`
        : `The browser did not let the page copy ${copying.what}. Select the text and copy it by keyboard.`,
    );
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      button.textContent = label;
      delete button.dataset.copied;
    }, CONFIRMATION_MILLISECONDS);
  });
}

import { byId } from "../shared/dom.ts";

/** What a person is asked before something that cannot be undone. */
export interface Question {
  title: string;
  text: string;
  /** On the button that does it. */
  go: string;
  /** On the button that does not. */
  cancel: string;
}

/** A dialog tells that it was closed only some time after it was: the next question must not take that for its answer. */
let earlier: Promise<boolean> = Promise.resolve(false);

/** Asks in a dialog of the page. Escape means no; the focus goes back to where it was. */
export function confirmInPage(question: Question): Promise<boolean> {
  earlier = earlier.then(() => ask(question));
  return earlier;
}

function ask(question: Question): Promise<boolean> {
  const dialog = byId("confirm", HTMLDialogElement);
  byId("confirm-title", HTMLElement).textContent = question.title;
  byId("confirm-text", HTMLElement).textContent = question.text;
  byId("confirm-go", HTMLButtonElement).textContent = question.go;
  byId("confirm-cancel", HTMLButtonElement).textContent = question.cancel;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go"), { once: true });
  });
}

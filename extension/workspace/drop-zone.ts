import { byId } from "../shared/dom.ts";
import { fromPicker } from "../shared/intake/from-picker.ts";
import { grabDrop } from "../shared/intake/grab-drop.ts";
import type { Intake } from "../shared/intake/intake.ts";

/** What the page does with what comes in. */
export interface DropZoneEvents {
  /** Files or folders were dropped or chosen. */
  onIntake: (intake: Intake) => void;
  /** Something was dropped that holds no file: text, a link. */
  onNothing: () => void;
}

/**
 * Takes drops anywhere on the page, and choices by the two buttons. The whole window listens because a browser
 * opens a file that is dropped where nobody listens, and so leaves the page.
 */
export function watchDropZone(events: DropZoneEvents): void {
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    document.body.toggleAttribute("data-dragging", event.dataTransfer?.types.includes("Files") ?? false);
  });
  window.addEventListener("dragleave", (event) => {
    // Moving from one element of the page to another is a leave as well, but it has a related target.
    if (event.relatedTarget === null) document.body.removeAttribute("data-dragging");
  });
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.removeAttribute("data-dragging");
    const intake = event.dataTransfer && grabDrop(event.dataTransfer);
    if (intake) events.onIntake(intake);
    else events.onNothing();
  });
  connect("pick-folder", "folder-input", events);
  connect("pick-files", "files-input", events);
}

function connect(buttonId: string, inputId: string, events: DropZoneEvents): void {
  const input = byId(inputId, HTMLInputElement);
  byId(buttonId, HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const intake = fromPicker(input.files ?? []);
    // Emptied, so that choosing the same folder again is a change again.
    input.value = "";
    events.onIntake(intake);
  });
}

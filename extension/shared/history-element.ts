import { makeCopyButton } from "./copy-button.ts";
import { make } from "./dom.ts";
import { formatBytes, formatCounted, formatMoment } from "./format.ts";
import type { HistoryEntry } from "./history-entry.ts";
import { localProblem } from "./problem-text.ts";
import { text } from "./text.ts";
import { visibleText } from "./visible-text.ts";

/** An upload that has ended as people read it: what, how it came out, and a button that copies its attachments JSON. */
export function historyElement(entry: HistoryEntry, region: HTMLElement): HTMLLIElement {
  const label = visibleText(entry.label);
  const item = make(
    "li",
    { "data-upload": entry.uploadId, "data-phase": entry.phase },
    make("p", { class: "history-label" }, make("bdi", {}, label)),
    make("p", { class: "quiet small" }, outcomeText(entry)),
  );
  const { attachments } = entry;
  if (attachments !== undefined) {
    const button = make(
      "button",
      { type: "button", class: "button copy-attachments" },
      text("sharedCopyAttachments"),
    );
    // Several of them stand below each other.
    button.setAttribute("aria-label", text("historyCopyLabel", label));
    makeCopyButton(button, {
      text: () => attachments,
      copied: "sharedCopiedAttachments",
      notCopied: "sharedNotCopiedAttachments",
      region,
    });
    item.append(button);
  }
  return item;
}

function outcomeText({ phase, files, bytes, problem, profileName, endedAt }: HistoryEntry): string {
  const [profile, moment] = [visibleText(profileName), formatMoment(endedAt)];
  switch (phase) {
    case "complete":
      return text(
        "historyComplete",
        formatCounted(files, "sharedFiles"),
        formatBytes(bytes),
        profile,
        moment,
      );
    case "failed":
      return text("historyFailed", problem ? visibleText(localProblem(problem).what) : "", profile, moment);
    case "cancelled":
      return text("historyCancelled", profile, moment);
  }
}

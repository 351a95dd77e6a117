import { byId } from "../shared/dom.ts";
import { formatBytes, formatBytesOf, formatCountedOf, formatDuration } from "../shared/format.ts";
import type { PhaseProgress, UploadState } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { text } from "../shared/text.ts";
import { phaseFraction, speedSentence } from "../shared/upload-summary.ts";

const ELAPSED_MILLISECONDS = 1000;
const PHASES = ["hashing", "checking", "uploading"] as const;
type Phase = (typeof PHASES)[number];

/** Who still has files to hand over: nobody, this page, or another one. */
export type Intaking = "nobody" | "this-page" | "another-page";

/** The running upload: three phases, the current file, elapsed time, and whether the tab may be closed. */
export class ProgressView {
  #startedAt = 0;
  #timer = 0;

  /** Shows a state of a running upload. */
  show(state: UploadState, intaking: Intaking): void {
    for (const phase of PHASES) showPhase(phase, state);
    byId("current-file", HTMLElement).replaceChildren(
      ...(state.currentFile === undefined ? [] : [pathElement(state.currentFile)]),
    );
    byId("speed", HTMLElement).textContent = speedSentence(state);
    byId("tab-advice", HTMLElement).textContent = tabAdvice(intaking, state);
    this.#startedAt = state.startedAt;
    this.#tick();
    if (this.#timer === 0) this.#timer = window.setInterval(() => this.#tick(), ELAPSED_MILLISECONDS);
  }

  /** Nothing runs any more: lets the clock stand. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #tick(): void {
    byId("elapsed", HTMLElement).textContent = formatDuration(Date.now() - this.#startedAt);
  }
}

function showPhase(phase: Phase, state: UploadState): void {
  const progress = state[phase];
  const row = document.querySelector(`[data-phase="${phase}"]`);
  const bar = row?.querySelector("progress");
  const amount = row?.querySelector(".phase-amount");
  if (!bar || !amount) throw new Error(`the page has no row for ${phase}`);
  const idle = nothingToSend(phase, state);
  const amountShown = idle
    ? text("workspaceNothingToSend")
    : amountText(phase, progress, state.found.complete);
  bar.value = phaseFraction(progress);
  bar.setAttribute("aria-valuetext", amountShown);
  amount.textContent = amountShown;
}

/** While everything that was looked at is already in the store, "0 of 0 objects" would look like standing still. */
function nothingToSend(phase: Phase, state: UploadState): boolean {
  return phase === "uploading" && state.uploading.filesTotal === 0 && state.checking.filesDone > 0;
}

function amountText(phase: Phase, progress: PhaseProgress, foundAll: boolean): string {
  if (progress.filesTotal === 0) return text("workspacePhaseWaits");
  // Equal files are one object in the store, as the result counts them.
  const counted = phase === "uploading" ? "sharedObjectsOf" : "sharedFilesOf";
  const done = formatCountedOf(progress.filesDone, progress.filesTotal, counted);
  const bytes =
    progress.bytesTotal === 0n ? formatBytes(0n) : formatBytesOf(progress.bytesDone, progress.bytesTotal);
  return text(foundAll ? "workspaceAmount" : "workspaceAmountSoFar", done, bytes);
}

function tabAdvice(intaking: Intaking, { waiting }: UploadState): string {
  switch (intaking) {
    case "this-page":
      return text("workspaceKeepTabOpen");
    case "another-page":
      return text("workspaceKeepOtherTabOpen");
    case "nobody":
      return text(waiting === undefined ? "workspaceMayCloseTab" : "workspaceMayCloseTabWaiting");
  }
}

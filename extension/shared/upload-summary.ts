/**
 * An upload in a few words and one number, the same on every page.
 */
import { formatCount, formatCounted, formatList, formatRemaining, formatSpeed } from "./format.ts";
import type { PhaseProgress, Problem, UploadResult, UploadState, Waiting } from "./messages.ts";
import { localProblem } from "./problem-text.ts";
import { text } from "./text.ts";
import { visibleText } from "./visible-text.ts";

/** Whether the upload is over, well or badly. */
export function isEnded(state: Pick<UploadState, "phase">): boolean {
  return state.phase === "complete" || state.phase === "failed" || state.phase === "cancelled";
}

/**
 * Whether a state that was just heard is to be shown in the place of another one. A host tells its uploads to everybody when
 * anybody asks: an end that is shown already stays as it is, unless it was only taken for one, in a host's silence.
 */
export function isNews(heard: UploadState, shown: UploadState | null): boolean {
  if (!supersedes(heard, shown)) return false;
  const isSame = shown?.uploadId === heard.uploadId && shown.phase === heard.phase;
  return !isSame || !isEnded(heard) || isOutcomeUnknown(shown);
}

/** Whether it is the same upload, or a newer one. */
export function supersedes(heard: UploadState, shown: UploadState | null): boolean {
  return shown === null || heard.uploadId === shown.uploadId || heard.startedAt > shown.startedAt;
}

/** Part of one phase that is done, from 0 to 1. A phase that has nothing to do yet is at 0. */
export function phaseFraction(progress: PhaseProgress): number {
  const [done, total] = amounts(progress, progress.bytesTotal > 0n);
  return total === 0 ? 0 : Math.min(1, done / total);
}

/** What is going on, in one line. */
export function phaseSentence(state: UploadState): string {
  if (state.waiting !== undefined) return waitingSentence(state.waiting, state.server);
  switch (state.phase) {
    case "finding":
      return text("sharedPhaseFinding", formatCount(state.found.files));
    case "hashing":
      return text("sharedPhaseHashing");
    case "checking":
      return text("sharedPhaseChecking");
    case "held":
      return text("sharedPhaseHeld");
    case "uploading":
      return text("sharedPhaseUploading");
    case "manifest":
      return text("sharedPhaseManifest");
    default:
      return headline(state);
  }
}

/** Why nothing leaves, in one line. */
function waitingSentence(waiting: Waiting, server: string): string {
  switch (waiting.type) {
    case "paused":
      return text("sharedPaused");
    case "credentials":
      return text("sharedWaitingCredentials");
    case "network":
      return text("sharedWaitingNetwork", server);
  }
}

/** Why nothing leaves, and the one thing that a person can do about it. */
export function waitingAdvice(waiting: Waiting): string {
  switch (waiting.type) {
    case "paused":
      return text("sharedPausedAdvice");
    case "credentials":
      // The problem's own advice is for an upload that is over.
      return text("sharedCredentialsAdvice", visibleText(localProblem(waiting.problem).what));
    case "network":
      return text("sharedNetworkAdvice");
  }
}

/** How fast bytes leave and how long it may take, in one line; nothing where nobody can say. */
export function speedSentence({ bytesPerSecond, remaining, waiting }: UploadState): string {
  if (waiting !== undefined || bytesPerSecond === 0n) return "";
  const speed = formatSpeed(bytesPerSecond);
  return remaining === undefined ? speed : text("sharedSpeedAndRemaining", speed, formatRemaining(remaining));
}

/** How sure it is that the objects' bytes are those of their keys, in one line. */
export function checksSentence(result: UploadResult): string {
  const { verifiedByServer, verifiedBySize, notVerified } = result;
  const done = [
    ...(verifiedByServer > 0 ? [formatCounted(verifiedByServer, "sharedCheckedBytes")] : []),
    ...(verifiedBySize > 0 ? [formatCounted(verifiedBySize, "sharedCheckedSize")] : []),
  ];
  const sentences = done.length > 0 ? [text("sharedChecked", formatList(done))] : [];
  if (notVerified > 0) sentences.push(formatCounted(notVerified, "sharedNotChecked"));
  return sentences.join(" ");
}

const HOST_LOST_CODE = "host-lost";

/** The problem of an upload whose engine host fell silent. */
export function hostLostProblem(): Problem {
  return {
    code: HOST_LOST_CODE,
    what: text("problem_host_lost_what"),
    next: text("problem_host_lost_next"),
  };
}

/** Whether nobody is left who could tell how far the upload came. */
export function isOutcomeUnknown({ problems }: Pick<UploadState, "problems">): boolean {
  return problems.some(({ code }) => code === HOST_LOST_CODE);
}

/** How an upload stands or ended, as a headline. */
export function headline(state: UploadState): string {
  const label = visibleText(state.label);
  switch (state.phase) {
    case "complete": {
      const files = state.result?.files ?? state.found.files;
      return formatCounted(files, "sharedComplete");
    }
    case "failed":
      return isOutcomeUnknown(state) ? text("sharedOutcomeUnknown", label) : text("sharedFailed", label);
    case "cancelled":
      return text(state.isGivenUp ? "sharedGivenUp" : "sharedCancelled", label);
    default:
      return text(state.preview ? "sharedPreviewing" : "sharedUploading", label);
  }
}

function amounts(progress: PhaseProgress, byBytes: boolean): [number, number] {
  return byBytes
    ? [Number(progress.bytesDone), Number(progress.bytesTotal)]
    : [progress.filesDone, progress.filesTotal];
}

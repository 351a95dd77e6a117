/**
 * An upload in a few words and one number, the same on every page.
 */
import { formatCount, formatCounted, formatRemaining, formatSpeed } from "./format.ts";
import type { PhaseProgress, UploadResult, UploadState, Waiting } from "./messages.ts";
import { visibleText } from "./visible-text.ts";

/** Whether the upload is over, well or badly. */
export function isEnded(state: Pick<UploadState, "phase">): boolean {
  return state.phase === "complete" || state.phase === "failed" || state.phase === "cancelled";
}

/**
 * Whether a state that was just heard should replace the one that is shown: it is the same upload, or a newer one.
 */
export function supersedes(heard: UploadState, shown: UploadState | null): boolean {
  return shown === null || heard.uploadId === shown.uploadId || heard.startedAt > shown.startedAt;
}

/**
 * Whole percent of the way, 0 to 99 while it runs and 100 only when complete. Half of the way is reading and
 * hashing a byte; the other half is knowing that it is in the store, because it was found there or was sent.
 */
export function overallPercent(state: UploadState): number {
  if (state.phase === "complete") return 100;
  const { hashing, checking, uploading } = state;
  const byBytes = hashing.bytesTotal + checking.bytesTotal > 0n;
  const [hashed, hashTotal] = amounts(hashing, byBytes);
  const [checked, checkTotal] = amounts(checking, byBytes);
  const [sent, sendTotal] = amounts(uploading, byBytes);
  const total = hashTotal + checkTotal;
  if (total === 0) return 0;
  const done = hashed + checked - (sendTotal - sent);
  return Math.min(99, Math.max(0, Math.floor((100 * done) / total)));
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
      return `Finding files: ${formatCount(state.found.files)} so far`;
    case "hashing":
      return "Hashing: reading every byte on this computer";
    case "checking":
      return "Checking what the store already holds";
    case "uploading":
      return "Uploading what the store does not hold yet";
    case "manifest":
      return "Writing the manifest";
    default:
      return headline(state);
  }
}

/** Why nothing leaves, in one line. */
function waitingSentence(waiting: Waiting, server: string): string {
  switch (waiting.type) {
    case "paused":
      return "Paused";
    case "credentials":
      return "Waiting for new credentials";
    case "network":
      return `No answer from ${server}, trying again`;
  }
}

/** Why nothing leaves, and the one thing that a person can do about it. */
export function waitingAdvice(waiting: Waiting): string {
  switch (waiting.type) {
    case "paused":
      return "Nothing is read or sent until you resume.";
    case "credentials":
      // The problem's own advice is for an upload that is over.
      return `${visibleText(waiting.problem.what)} Enter new ones: the upload then goes on where it is.`;
    case "network":
      return "It goes on by itself as soon as there is an answer. If this lasts, check the network and the profile's address.";
  }
}

/** How fast bytes leave and how long it may take, in one line; nothing where nobody can say. */
export function speedSentence({ bytesPerSecond, remaining, waiting }: UploadState): string {
  if (waiting !== undefined || bytesPerSecond === 0n) return "";
  const speed = formatSpeed(bytesPerSecond);
  return remaining === undefined ? speed : `${speed}, ${formatRemaining(remaining)} left`;
}

/** How sure it is that the objects' bytes are those of their keys, in one line. */
export function checksSentence(result: UploadResult): string {
  const { verifiedByServer, verifiedBySize, notVerified } = result;
  const done = [
    ...(verifiedByServer > 0 ? [`${formatCounted(verifiedByServer, "object")} byte for byte`] : []),
    ...(verifiedBySize > 0 ? [`${formatCounted(verifiedBySize, "object")} by size`] : []),
  ];
  const sentences = done.length > 0 ? [`Checked by the server: ${done.join(", ")}.`] : [];
  if (notVerified > 0) sentences.push(`Not checked by the server: ${formatCounted(notVerified, "object")}.`);
  return sentences.join(" ");
}

/** Code of the problem of an upload whose engine host fell silent. */
export const HOST_LOST_CODE = "host-lost";

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
      return files === 1
        ? "The file is in the store"
        : `All ${formatCounted(files, "file")} are in the store`;
    }
    case "failed":
      return isOutcomeUnknown(state)
        ? `It is not known whether ${label} was uploaded`
        : `${label} was not uploaded`;
    case "cancelled":
      return `The upload of ${label} was cancelled`;
    default:
      return `Uploading ${label}`;
  }
}

function amounts(progress: PhaseProgress, byBytes: boolean): [number, number] {
  return byBytes
    ? [Number(progress.bytesDone), Number(progress.bytesTotal)]
    : [progress.filesDone, progress.filesTotal];
}

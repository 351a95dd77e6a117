/**
 * What is read out of an upload to people who do not see the page change: changes of phase and ends, not every percent.
 */
import { formatBytes, formatCounted } from "./format.ts";
import type { Preview, UploadPhase, UploadState } from "./messages.ts";
import { text } from "./text.ts";
import { headline, isEnded, phaseSentence } from "./upload-summary.ts";

/** In the order in which an upload goes through them; only going forward is news. */
const PHASE_ORDER: readonly UploadPhase[] = [
  "finding",
  "hashing",
  "checking",
  "held",
  "uploading",
  "manifest",
];

/** What there is to say after `before`, which is nothing where the upload was not known yet. */
export function stepNews(before: UploadState | null, state: UploadState): string | undefined {
  if (before?.phase === state.phase) return undefined;
  if (before === null || isEnded(state)) return text("sharedAnnouncement", headline(state));
  const isForward = PHASE_ORDER.indexOf(state.phase) > PHASE_ORDER.indexOf(before.phase);
  return isForward ? text("sharedAnnouncement", phaseSentence(state)) : undefined;
}

/** Says that everything is known, and what to do: whoever hears that looks at the button that sends already. */
export function readySentence({ files, bytesNew, filesFailed }: Preview): string {
  const ready =
    files === 0
      ? text("previewNothingLeft")
      : text("previewReadyAnnouncement", formatCounted(files, "sharedFiles"), formatBytes(bytesNew));
  return filesFailed === 0 ? ready : `${ready} ${formatCounted(filesFailed, "previewFailed")}`;
}

import { byId, make } from "../shared/dom.ts";
import { formatBytes, formatCounted, formatDuration } from "../shared/format.ts";
import type { UploadResult, UploadState } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { text } from "../shared/text.ts";
import { checksSentence } from "../shared/upload-summary.ts";

/** Shows what a complete upload left behind. Each fact carries its exact value in `data-value`. */
export function showResult(state: UploadState, result: UploadResult): void {
  const { manifest } = result;
  setFact("files", result.files, formatCounted(result.files, "sharedFiles"));
  setFact("bytes", result.bytes, formatBytes(result.bytes));
  setFact("objectsWritten", result.objectsWritten, formatCounted(result.objectsWritten, "sharedObjects"));
  setFact("bytesWritten", result.bytesWritten, text("workspaceSent", formatBytes(result.bytesWritten)));
  setFact("objectsSkipped", result.objectsSkipped, formatCounted(result.objectsSkipped, "sharedObjects"));
  setFact(
    "bytesSkipped",
    result.bytesSkipped,
    text("workspaceNotSentAgain", formatBytes(result.bytesSkipped)),
  );
  setFact("manifestKey", manifest.key, pathElement(manifest.key));
  setFact("manifestHash", manifest.hash, pathElement(manifest.hash));
  byId("further-manifests-fact", HTMLElement).hidden = manifest.further.length === 0;
  byId("further-manifests", HTMLUListElement).replaceChildren(
    ...manifest.further.map(({ key }) => make("li", { "data-value": key }, pathElement(key))),
  );
  byId("took", HTMLElement).textContent = formatDuration(
    (state.endedAt ?? state.startedAt) - state.startedAt,
  );
  byId("attachments", HTMLElement).textContent = manifest.attachments;
  byId("checks", HTMLElement).textContent = checksSentence(result);
  showShare(result);
}

function setFact(name: string, value: bigint | number | string, shown: Node | string): void {
  const element = document.querySelector<HTMLElement>(`[data-fact="${name}"]`);
  if (!element) throw new Error(`the page has no place for ${name}`);
  element.dataset.value = String(value);
  element.replaceChildren(shown);
}

/** How much of the content was new, as the two parts of one bar. The numbers beside it say the same. */
function showShare(result: UploadResult): void {
  const [written, skipped] = [Number(result.bytesWritten), Number(result.bytesSkipped)];
  const share = byId("share", HTMLElement);
  share.hidden = written + skipped === 0;
  setPart(share, ".share-new", written);
  setPart(share, ".share-there", skipped);
}

function setPart(share: HTMLElement, selector: string, part: number): void {
  const element = share.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  element.hidden = part === 0;
  element.style.setProperty("--part", String(part));
}

import { askBackground } from "../shared/background-client.ts";
import { text } from "../shared/text.ts";

/** What a notification's button puts behind the address: which upload's attachments JSON is wanted. */
const WANTED = /^#copy=([0-9a-f-]{36})$/;

/**
 * Copies the attachments JSON that a notification's button asked for, as soon as this page is there: the background has no
 * clipboard. `tell` gets a sentence about how that went.
 */
export async function copyOnArrival(tell: (sentence: string) => void): Promise<void> {
  const uploadId = WANTED.exec(location.hash)?.[1];
  if (uploadId === undefined) return;
  // Once: not again when the page is loaded anew, and the tab is found by the address without it.
  history.replaceState(null, "", location.pathname);
  const reply = await askBackground("attachments.get", { uploadId });
  if (!reply.ok || reply.value === null) {
    tell(text("attachmentsForgotten"));
    return;
  }
  const copied = await navigator.clipboard.writeText(reply.value).then(
    () => true,
    () => false,
  );
  tell(text(copied ? "attachmentsCopied" : "attachmentsNotCopied"));
}

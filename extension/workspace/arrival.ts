/** What whoever opened this page wants of it, written behind the address. */
import { askBackground } from "../shared/background-client.ts";
import { copyText } from "../shared/copy-text.ts";
import { text } from "../shared/text.ts";

/** A notification's button wants the attachments JSON of this upload copied. */
const COPY = /^#copy=([0-9a-f-]{36})$/;
/** The popup got a folder that it could not pass on. */
const DROP_HERE = "#drop-here";

/** Does what is wanted, and then forgets it: not again when the page is loaded anew. */
export async function answerArrival(say: { announce(done: string): void; notice(todo: string): void }) {
  const { hash } = location;
  if (hash === "") return;
  // A tab is also found by its address, which this is no part of.
  history.replaceState(null, "", location.pathname);
  const uploadId = COPY.exec(hash)?.[1];
  if (hash === DROP_HERE) say.notice(text("dropHere"));
  else if (uploadId !== undefined) await copyAttachments(uploadId, say);
}

/** The background has no clipboard, so this page copies for it. */
async function copyAttachments(uploadId: string, say: Parameters<typeof answerArrival>[0]): Promise<void> {
  const reply = await askBackground("attachments.get", { uploadId });
  if (!reply.ok || reply.value === null) {
    say.notice(text("attachmentsForgotten"));
    return;
  }
  if (await copyText(reply.value)) {
    say.announce(text("attachmentsCopied"));
    return;
  }
  say.notice(text("attachmentsNotCopied"));
  // A browser that copies only on a press, as Firefox does: one key is enough then.
  const copy = document.getElementById("copy-attachments");
  if (copy?.checkVisibility()) copy.focus();
}

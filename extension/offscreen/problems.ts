/** In English: the offscreen document has no messages. Pages say it in their language, by its code. */
import type { Problem } from "../shared/messages.ts";

/** There can be only one. */
export const RUNNING: Problem = {
  code: "upload-running",
  what: "Another upload is running.",
  next: "Wait for its end or cancel it, then drop again.",
};

/** The upload is not there any more, or nothing about it can be mended. */
export const RETRY_GONE: Problem = {
  code: "retry-gone",
  what: "This upload cannot be taken up again: the browser has let go of it.",
  next: "Drop or choose the same again: what is already in the store is not sent twice.",
};

/** Pages check what is typed; what is left is a page of another version. */
export const PATTERNS_REFUSED: Problem = {
  code: "patterns-refused",
  what: "Nothing is sent: the choice of files cannot be read.",
  next: "Change the patterns, then upload again.",
};

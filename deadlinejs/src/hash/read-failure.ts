import type { ReadFailure } from "../common/index.ts";

/** `AbortError` is what Firefox says; nothing here aborts a reading. */
const GONE = new Set(["NotFoundError", "AbortError"]);

/**
 * What a failed reading of a `File` means.
 *
 * Chromium remembers the size and time of a file when it hands it out and refuses to read it once they are different;
 * Firefox refuses only what is gone. Chromium then says `NotReadableError`, the same as for a file that may not be
 * opened; a file that could be read before cannot have that trouble, so it was changed.
 *
 * @param error what the reading threw
 * @param wasReadBefore whether bytes of this file have been read already
 */
export function readFailure(error: unknown, wasReadBefore: boolean): ReadFailure {
  const isGone = error instanceof DOMException && GONE.has(error.name);
  return wasReadBefore && !isGone ? "changed" : "unreadable";
}

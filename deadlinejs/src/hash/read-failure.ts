import type { ReadFailure } from "../common/index.ts";

/**
 * What a failed reading of a `File` means.
 *
 * A browser remembers the size and time of a file when it hands it out and refuses to read it once
 * they are different. Chromium then says `NotReadableError`, the same as for a file that may not be
 * opened; a file that could be read before cannot have that trouble, so it was changed.
 *
 * @param error what the reading threw
 * @param wasReadBefore whether bytes of this file have been read already
 */
export function readFailure(error: unknown, wasReadBefore: boolean): ReadFailure {
  const isGone = error instanceof DOMException && error.name === "NotFoundError";
  return wasReadBefore && !isGone ? "changed" : "unreadable";
}

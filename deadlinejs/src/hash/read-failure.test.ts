import { expect, test } from "vitest";
import { readFailure } from "./read-failure.ts";

const refused = new DOMException("could not be read", "NotReadableError");
const goneInFirefox = new DOMException("The operation was aborted. ", "AbortError");
const gone = new DOMException("could not be found", "NotFoundError");

test("a file that was read before and now is refused was changed", () => {
  expect(readFailure(refused, true)).toBe("changed");
});

test("a file that is gone, or was never readable, is unreadable", () => {
  expect(readFailure(refused, false)).toBe("unreadable");
  expect(readFailure(gone, true)).toBe("unreadable");
  expect(readFailure(gone, false)).toBe("unreadable");
  expect(readFailure(goneInFirefox, true)).toBe("unreadable");
});

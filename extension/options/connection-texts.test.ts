import type { ConnectionFinding } from "deadlinejs/common";
import { expect, it } from "vitest";
import { connectionOutcome } from "./connection-texts.ts";

const finding = (step: string, verdict: string, code: string) =>
  ({ step, verdict, code, values: [] }) as unknown as ConnectionFinding;
const READ = finding("read", "passed", "read-allowed");
const WRITTEN = finding("write", "passed", "write-allowed");

it("says that a profile works where its writing was seen to work", () => {
  const unnamed = finding("owner", "not-tried", "owner-unnamed");
  expect(connectionOutcome([unnamed, READ, WRITTEN])).toEqual([
    "good",
    "This profile works. Nothing was left in the store.",
  ]);
});

it("does not say so where writing was not tried, though nothing failed", () => {
  const [state, sentence] = connectionOutcome([READ, finding("write", "not-tried", "write-no-parts")]);
  expect(state).toBe("unknown");
  expect(sentence).toContain("writing was not tried");
});

it("counts what failed", () => {
  const denied = finding("abort", "failed", "abort-denied");
  expect(connectionOutcome([READ, WRITTEN, denied])).toEqual(["bad", expect.stringContaining("One step")]);
});

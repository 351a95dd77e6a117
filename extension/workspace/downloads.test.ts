import { expect, it } from "vitest";
import { nameOf } from "./downloads.ts";

const startedAt = Date.UTC(2026, 10, 24, 18, 13, 50);

it("names a download after the upload and its time", () => {
  expect(nameOf({ label: "shot_010", startedAt }, "receipt", "csv")).toBe(
    "shot_010-receipt-2026-11-24T18-13-50.csv",
  );
});

it.each([
  ["3 items", "3_items-"],
  ["../../etc/passwd", "etc_passwd-"],
  [".hidden", "hidden-"],
  ["日本 \u202e", "日本_-"],
  ["???", ""],
  ["a".repeat(300), `${"a".repeat(80)}-`],
])("leaves out what a system would not take: %s", (label, beginning) => {
  expect(nameOf({ label, startedAt }, "receipt", "json")).toBe(
    `${beginning}receipt-2026-11-24T18-13-50.json`,
  );
});

import { expect, it } from "vitest";
import { entryOf } from "./history-entry.ts";
import type { UploadState } from "./messages.ts";

const none = { filesDone: 0, filesTotal: 0, bytesDone: 0n, bytesTotal: 0n };
const running: UploadState = {
  uploadId: "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11",
  label: "shot_010",
  profileName: "Studio",
  assetRoot: "/projects",
  server: "s3.example.com",
  startedAt: 1000,
  phase: "uploading",
  found: { files: 2, bytes: 5n, complete: true },
  hashing: none,
  checking: none,
  uploading: none,
  currentFile: "secret-project/a.exr",
  percent: 0,
  bytesPerSecond: 0n,
  notTaken: [],
  notTakenCount: 0,
  problems: [],
  problemCount: 0,
};

it("keeps nothing of an upload that runs", () => {
  expect(entryOf(running)).toBeUndefined();
});

it("keeps nothing of a preview that was given up", () => {
  expect(entryOf({ ...running, phase: "cancelled", isGivenUp: true, endedAt: 3000 })).toBeUndefined();
});

it("keeps of an end what there is to show, and no names of files", () => {
  const cancelled = entryOf({ ...running, phase: "cancelled", endedAt: 3000 });
  expect(cancelled).toEqual({
    uploadId: running.uploadId,
    label: "shot_010",
    profileName: "Studio",
    startedAt: 1000,
    endedAt: 3000,
    phase: "cancelled",
    files: 2,
    bytes: 5n,
  });
});

it("keeps the first problem of a failure", () => {
  const problem = { code: "file-changed", what: "It changed.", next: "Wait.", file: "a" };
  const failed = entryOf({ ...running, phase: "failed", problems: [problem, { ...problem, file: "b" }] });
  expect(failed).toMatchObject({ phase: "failed", problem });
});

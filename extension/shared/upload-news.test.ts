import { describe, expect, it } from "vitest";
import type { Preview, UploadPhase, UploadState } from "./messages.ts";
import { readySentence, stepNews } from "./upload-news.ts";

const upload = (phase: UploadPhase, percent = 0): UploadState =>
  ({
    uploadId: "a",
    label: "shot_010",
    phase,
    percent,
    found: { files: 2, bytes: 10n, complete: true },
    problems: [],
  }) as unknown as UploadState;

/** All that is said of an upload whose states come one after the other. */
function said(states: UploadState[]): string[] {
  return states.flatMap((state, at) => stepNews(states[at - 1] ?? null, state) ?? []);
}

describe("what is read out of an upload", () => {
  it("is its phases and its end, however many states there are in between", () => {
    const phases: UploadPhase[] = ["finding", "hashing", "checking", "held", "uploading", "manifest"];
    const states = phases.flatMap((phase, at) =>
      Array.from({ length: 100 }, (_, step) => upload(phase, at * 16 + (step >> 3))),
    );
    expect(said([...states, upload("complete", 100), upload("complete", 100)])).toEqual([
      "Uploading shot_010.",
      "Hashing: reading every byte on this computer.",
      "Checking what the store already holds.",
      "Waits until you press Upload in the workspace.",
      "Uploading what the store does not hold yet.",
      "Writing the manifest.",
      "All 2 files are in the store.",
    ]);
  });

  it("is nothing where it goes back, and something where it goes on after a failure", () => {
    expect(stepNews(upload("held"), upload("checking"))).toBeUndefined();
    expect(stepNews(upload("failed"), upload("hashing"))).toContain("Hashing");
  });
});

describe("a preview that is ready", () => {
  const preview = { isReady: true, files: 3, bytesNew: 1000n, filesFailed: 0 } as Preview;

  it("says how much there is, and what to press", () => {
    expect(readySentence(preview)).toBe("Checked: 3 files, 1 kB of it new. Press Upload to send it.");
  });

  it("says as well what cannot be uploaded", () => {
    expect(readySentence({ ...preview, filesFailed: 2 })).toMatch(/send it\. 2 files cannot be uploaded\./);
  });

  it("does not ask to send nothing", () => {
    expect(readySentence({ ...preview, files: 0 })).toBe("There is no file left to upload.");
  });
});

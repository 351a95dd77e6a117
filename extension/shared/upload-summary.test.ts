import { describe, expect, it } from "vitest";
import type { PhaseProgress, UploadResult, UploadState } from "./messages.ts";
import {
  checksSentence,
  headline,
  isEnded,
  isNews,
  phaseFraction,
  phaseSentence,
  speedSentence,
  supersedes,
  waitingAdvice,
} from "./upload-summary.ts";

function progress(
  filesDone: number,
  filesTotal: number,
  bytesDone: bigint,
  bytesTotal: bigint,
): PhaseProgress {
  return { filesDone, filesTotal, bytesDone, bytesTotal };
}

function upload(changes: Partial<UploadState> = {}): UploadState {
  return {
    uploadId: "a",
    label: "shot_010",
    profileName: "Farm",
    assetRoot: "/projects",
    server: "b.s3.us-west-2.amazonaws.com",
    startedAt: 1000,
    phase: "uploading",
    found: { files: 4, bytes: 100n, complete: true },
    hashing: progress(0, 4, 0n, 100n),
    checking: progress(0, 4, 0n, 100n),
    uploading: progress(0, 0, 0n, 0n),
    percent: 0,
    bytesPerSecond: 0n,
    notTaken: [],
    notTakenCount: 0,
    problems: [],
    problemCount: 0,
    ...changes,
  };
}

describe("phaseFraction", () => {
  it("goes by bytes, else by files, else is nothing", () => {
    expect(phaseFraction(progress(1, 4, 75n, 100n))).toBe(0.75);
    expect(phaseFraction(progress(1, 4, 0n, 0n))).toBe(0.25);
    expect(phaseFraction(progress(0, 0, 0n, 0n))).toBe(0);
  });
});

describe("an upload that waits", () => {
  const problem = {
    code: "credentials-expired",
    what: "The credentials have expired.",
    next: "Drop the folder again.",
  };
  it.each([
    [{ type: "paused" }, "Paused", /until you resume/],
    [{ type: "credentials", problem }, "Waiting for new credentials", /have expired\. Enter new ones/],
    [{ type: "network" }, "No answer from b.s3.us-west-2.amazonaws.com, trying again", /by itself/],
  ] as const)("says why and what to do: %o", (waiting, sentence, advice) => {
    expect(phaseSentence(upload({ waiting }))).toBe(sentence);
    expect(waitingAdvice(waiting)).toMatch(advice);
    expect(waitingAdvice(waiting)).not.toContain("again.");
  });
});

describe("speedSentence", () => {
  it("tells speed and what is left, as far as they are known", () => {
    expect(speedSentence(upload())).toBe("");
    expect(speedSentence(upload({ bytesPerSecond: 12_300_000n }))).toBe("12 MB/s");
    const known = upload({ bytesPerSecond: 12_300_000n, remaining: 170_000n });
    expect(speedSentence(known)).toBe("12 MB/s, about 3 min left");
  });
  it("tells nothing of an upload that waits", () => {
    const waiting = { type: "paused" } as const;
    expect(speedSentence(upload({ bytesPerSecond: 12_300_000n, remaining: 170_000n, waiting }))).toBe("");
  });
});

describe("checksSentence", () => {
  const sentence = (verifiedByServer: number, verifiedBySize: number, notVerified: number) =>
    checksSentence({ verifiedByServer, verifiedBySize, notVerified } as UploadResult);
  it("counts what was checked and what was not, and leaves out what there is none of", () => {
    expect(sentence(1200, 0, 0)).toBe("Checked by the server: 1,200 objects byte for byte.");
    expect(sentence(12, 1, 2)).toBe(
      "Checked by the server: 12 objects byte for byte, 1 object by size. Not checked by the server: 2 objects.",
    );
    expect(sentence(0, 0, 3)).toBe("Not checked by the server: 3 objects.");
    expect(sentence(0, 0, 0)).toBe("");
  });
});

describe("supersedes", () => {
  it("takes the same upload and newer ones, not older ones", () => {
    const shown = upload();
    expect(supersedes(upload(), null)).toBe(true);
    expect(supersedes(upload({ phase: "complete" }), shown)).toBe(true);
    expect(supersedes(upload({ uploadId: "b", startedAt: 2000 }), shown)).toBe(true);
    expect(supersedes(upload({ uploadId: "b", startedAt: 500 }), shown)).toBe(false);
  });
});

describe("isNews", () => {
  const ended = upload({ phase: "failed" });
  it("is no end that is shown already", () => {
    expect(isNews(ended, null)).toBe(true);
    expect(isNews(ended, upload({ phase: "uploading" }))).toBe(true);
    expect(isNews(ended, ended)).toBe(false);
    expect(isNews(upload({ phase: "uploading" }), ended)).toBe(true);
    expect(isNews(upload({ phase: "uploading" }), upload({ phase: "uploading" }))).toBe(true);
  });
  it("is the real end of an upload whose host was given up too soon", () => {
    const lost = { code: "host-lost", what: "It has stopped.", next: "Drop again." };
    expect(isNews(ended, upload({ phase: "failed", problems: [lost] }))).toBe(true);
  });
});

describe("words", () => {
  it("knows the ends", () => {
    expect(isEnded({ phase: "manifest" })).toBe(false);
    expect(isEnded({ phase: "cancelled" })).toBe(true);
  });
  it("says so far while files are being found", () => {
    expect(phaseSentence(upload({ phase: "finding" }))).toBe("Finding files: 4 so far");
  });
  it("agrees in number", () => {
    const one = upload({ phase: "complete", found: { files: 1, bytes: 1n, complete: true } });
    expect(headline(one)).toBe("The file is in the store");
    expect(headline(upload({ phase: "complete" }))).toBe("All 4 files are in the store");
  });
  it("calls what was never sent no upload", () => {
    const cancelled = upload({ phase: "cancelled" });
    expect(headline(cancelled)).toBe("The upload of shot_010 was cancelled");
    expect(headline({ ...cancelled, isGivenUp: true })).toBe("Nothing of shot_010 was sent");
  });
  it("does not claim what nobody knows", () => {
    const problem = { code: "host-lost", what: "It has stopped.", next: "Drop again." };
    const lost = upload({ phase: "failed", problems: [problem] });
    expect(headline(lost)).toBe("It is not known whether shot_010 was uploaded");
    const refused = upload({ phase: "failed", problems: [{ ...problem, code: "credentials-wrong" }] });
    expect(headline(refused)).toBe("shot_010 was not uploaded");
  });
  it("shows what a dropped name hides", () => {
    expect(headline(upload({ label: "a\u202eb", phase: "failed" }))).toBe("a[U+202E]b was not uploaded");
  });
});

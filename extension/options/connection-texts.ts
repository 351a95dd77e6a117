/** The sentences about what a test of the connection finds: Rust gives a code, and what they have to name. */
import type { ConnectionCode, ConnectionFinding, ConnectionStep } from "deadlinejs/common";
import type { ProfileFields } from "../shared/messages.ts";
import { type MessageName, text, textFor } from "../shared/text.ts";

const STEPS: Record<ConnectionStep, MessageName> = {
  server: "optionsStepServer",
  clock: "optionsStepClock",
  credentials: "optionsStepCredentials",
  region: "optionsStepRegion",
  bucket: "optionsStepBucket",
  owner: "optionsStepOwner",
  read: "optionsStepRead",
  write: "optionsStepWrite",
  abort: "optionsStepAbort",
};

/** What a sentence names: something of the profile, or what the check has learnt. */
type Named = "server" | "bucket" | "region" | "owner" | "place" | "value";
type Sentence = readonly [MessageName, ...Named[]];

/** What happened, and what to do next where there is something to do. */
const SENTENCES: Record<ConnectionCode, readonly [Sentence, Sentence?]> = {
  "server-answers": [["optionsConnectionServerAnswers", "server"]],
  "server-silent": [["optionsConnectionServerSilent", "server"], ["optionsConnectionServerSilentNext"]],
  "server-not-s3": [
    ["optionsConnectionServerNotS3", "server", "value"],
    ["optionsConnectionServerNotS3Next"],
  ],
  "clock-right": [["optionsConnectionClockRight"]],
  "clock-slightly-behind": [["optionsConnectionClockSlightlyBehind", "value"]],
  "clock-slightly-ahead": [["optionsConnectionClockSlightlyAhead", "value"]],
  "clock-behind": [["optionsConnectionClockBehind", "value"], ["optionsConnectionClockNext"]],
  "clock-ahead": [["optionsConnectionClockAhead", "value"], ["optionsConnectionClockNext"]],
  "clock-refused": [["optionsConnectionClockRefused"], ["optionsConnectionClockNext"]],
  "clock-untold": [["optionsConnectionClockUntold"]],
  "credentials-taken": [["optionsConnectionCredentialsTaken"]],
  "credentials-wrong": [["optionsConnectionCredentialsWrong"], ["optionsConnectionCredentialsNext"]],
  "credentials-unknown": [["optionsConnectionCredentialsUnknown"], ["optionsConnectionCredentialsNext"]],
  "credentials-expired": [
    ["optionsConnectionCredentialsExpired"],
    ["optionsConnectionCredentialsExpiredNext"],
  ],
  "region-right": [["optionsConnectionRegionRight", "region"]],
  "region-wrong": [
    ["optionsConnectionRegionWrong", "bucket", "region"],
    ["optionsConnectionRegionWrongNext"],
  ],
  "region-other": [
    ["optionsConnectionRegionWrong", "bucket", "region"],
    ["optionsConnectionRegionOtherNext", "value"],
  ],
  "bucket-there": [["optionsConnectionBucketThere", "bucket"]],
  "bucket-missing": [["optionsConnectionBucketMissing", "bucket"], ["optionsConnectionBucketMissingNext"]],
  "bucket-hidden": [["optionsConnectionBucketHidden", "bucket"]],
  "owner-right": [["optionsConnectionOwnerRight", "owner"]],
  "owner-wrong": [["optionsConnectionOwnerWrong", "owner"], ["optionsConnectionOwnerWrongNext"]],
  "owner-unnamed": [["optionsConnectionOwnerUnnamed"]],
  "read-allowed": [["optionsConnectionReadAllowed", "place"]],
  "read-denied": [["optionsConnectionReadDenied", "place"], ["optionsConnectionReadDeniedNext"]],
  "read-list-denied": [["optionsConnectionReadListDenied"], ["optionsConnectionReadListDeniedNext"]],
  "write-allowed": [["optionsConnectionWriteAllowed", "place"]],
  "write-denied": [["optionsConnectionWriteDenied", "place"], ["optionsConnectionWriteDeniedNext"]],
  "write-key-denied": [["optionsConnectionWriteKeyDenied"], ["optionsConnectionWriteKeyDeniedNext"]],
  "write-no-parts": [["optionsConnectionWriteNoParts"]],
  "abort-allowed": [["optionsConnectionAbortAllowed"]],
  "abort-denied": [["optionsConnectionAbortDenied"], ["optionsConnectionAbortDeniedNext"]],
  "answer-missing": [["optionsConnectionAnswerMissing", "server"], ["optionsConnectionAnswerNext"]],
  "answer-unexpected": [["optionsConnectionAnswerUnexpected", "value"], ["optionsConnectionAnswerNext"]],
  "not-reached": [["optionsConnectionNotReached"]],
};

/** What came of a test as a whole: how the page marks it, and what it says. */
export function connectionOutcome(findings: readonly ConnectionFinding[]): [state: string, sentence: string] {
  const failed = findings.filter(({ verdict }) => verdict === "failed").length;
  if (failed > 0) return ["bad", textFor(failed, "optionsConnectionBad", failed)];
  const isWritten = findings.some(({ step, verdict }) => step === "write" && verdict === "passed");
  return isWritten ? ["good", text("optionsConnectionGood")] : ["unknown", text("optionsConnectionUnknown")];
}

/** The name of a step. */
export function connectionStepName(step: ConnectionStep): string {
  return text(STEPS[step]);
}

/** What was found. */
export function connectionWhat(finding: ConnectionFinding, profile: ProfileFields): string {
  return said(SENTENCES[finding.code][0], finding, profile);
}

/** What to do next; empty where there is nothing to do. */
export function connectionNext(finding: ConnectionFinding, profile: ProfileFields): string {
  const next = SENTENCES[finding.code][1];
  return next === undefined ? "" : said(next, finding, profile);
}

function said([name, ...named]: Sentence, { values }: ConnectionFinding, profile: ProfileFields): string {
  const { bucket, rootPrefix, region, endpoint, expectedBucketOwner } = profile;
  const words: Record<Named, string> = {
    server: endpoint === "" ? `S3 (${region})` : endpoint,
    bucket,
    region,
    owner: expectedBucketOwner,
    place: `${bucket}/${rootPrefix}`,
    value: values[0] ?? "",
  };
  return text(name, ...named.map((word) => words[word]));
}

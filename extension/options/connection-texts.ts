/** The sentences about what a test of the connection finds: Rust gives a code, and what they have to name. */
import type { ConnectionCode, ConnectionFinding, ConnectionStep } from "deadlinejs/common";
import type { ProfileFields } from "../shared/messages.ts";
import { type MessageName, text } from "../shared/text.ts";

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
  "server-answers": [["optionsServerAnswers", "server"]],
  "server-silent": [["optionsServerSilent", "server"], ["optionsServerSilentNext"]],
  "server-not-s3": [["optionsServerNotS3", "server", "value"], ["optionsServerNotS3Next"]],
  "clock-right": [["optionsClockRight"]],
  "clock-slightly-behind": [["optionsClockSlightlyBehind", "value"]],
  "clock-slightly-ahead": [["optionsClockSlightlyAhead", "value"]],
  "clock-behind": [["optionsClockBehind", "value"], ["optionsClockNext"]],
  "clock-ahead": [["optionsClockAhead", "value"], ["optionsClockNext"]],
  "clock-refused": [["optionsClockRefused"], ["optionsClockNext"]],
  "clock-untold": [["optionsClockUntold"]],
  "credentials-taken": [["optionsCredentialsTaken"]],
  "credentials-wrong": [["optionsCredentialsWrong"], ["optionsCredentialsNext"]],
  "credentials-unknown": [["optionsCredentialsUnknown"], ["optionsCredentialsNext"]],
  "credentials-expired": [["optionsCredentialsExpired"], ["optionsCredentialsExpiredNext"]],
  "region-right": [["optionsRegionRight", "region"]],
  "region-wrong": [["optionsRegionWrong", "bucket", "region"], ["optionsRegionWrongNext"]],
  "region-other": [
    ["optionsRegionWrong", "bucket", "region"],
    ["optionsRegionOtherNext", "value"],
  ],
  "bucket-there": [["optionsBucketThere", "bucket"]],
  "bucket-missing": [["optionsBucketMissing", "bucket"], ["optionsBucketMissingNext"]],
  "bucket-hidden": [["optionsBucketHidden", "bucket"]],
  "owner-right": [["optionsOwnerRight", "owner"]],
  "owner-wrong": [["optionsOwnerWrong", "owner"], ["optionsOwnerWrongNext"]],
  "owner-unnamed": [["optionsOwnerUnnamed"]],
  "read-allowed": [["optionsReadAllowed", "place"]],
  "read-denied": [["optionsReadDenied", "place"], ["optionsReadDeniedNext"]],
  "read-list-denied": [["optionsReadListDenied"], ["optionsReadListDeniedNext"]],
  "write-allowed": [["optionsWriteAllowed", "place"]],
  "write-denied": [["optionsWriteDenied", "place"], ["optionsWriteDeniedNext"]],
  "write-key-denied": [["optionsWriteKeyDenied"], ["optionsWriteKeyDeniedNext"]],
  "write-no-parts": [["optionsWriteNoParts"]],
  "abort-allowed": [["optionsAbortAllowed"]],
  "abort-denied": [["optionsAbortDenied"], ["optionsAbortDeniedNext"]],
  "answer-missing": [["optionsAnswerMissing", "server"], ["optionsAnswerNext"]],
  "answer-unexpected": [["optionsAnswerUnexpected", "value"], ["optionsAnswerNext"]],
  "not-reached": [["optionsNotReached"]],
};

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

import type { Problem } from "../shared/messages.ts";
import { text } from "../shared/text.ts";

const DEFECT = "Try again; if it stays, report this sentence as a defect.";

/** A refusal by the background, with the words for the person. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly problem: Problem) {
    super(problem.what);
  }
}

/** There is no profile. */
export const noProfile = (): Refusal =>
  new Refusal({
    code: "profile-missing",
    what: "There is no profile that says where files go.",
    next: "Open the options page and fill in a profile.",
  });

/** Another profile has that name, and a name is how people tell them apart. */
export const nameTaken = (name: string): Refusal =>
  new Refusal({
    code: "profile-name-taken",
    what: text("profileNameTaken", name),
    next: text("profileNameTakenNext"),
  });

/** It is an administrator's, or the administrator allows none but theirs. */
export const lockedProfile = (): Refusal =>
  new Refusal({
    code: "profile-locked",
    what: text("profileLocked"),
    next: text("profileLockedNext"),
  });

/** The stored profile, or the one to be stored, breaks a rule. */
export const badProfile = (message: string): Refusal =>
  new Refusal({
    code: "profile-invalid",
    what: `The profile cannot be used: ${message}.`,
    next: "Open the options page and correct the profile.",
  });

/** There are no credentials for this browser session. */
export const noCredentials = (): Refusal =>
  new Refusal({
    code: "credentials-missing",
    what: "There are no credentials for this browser session.",
    next: "Open the options page and enter them, then drop the folder again.",
  });

/** The browser has not granted access to the profile's host. */
export const noHostAccess = (): Refusal =>
  new Refusal({
    code: "host-access-missing",
    what: "The browser does not let the extension talk to the S3 server of this profile.",
    next: "Open the options page, save the profile and allow the access that the browser asks for.",
  });

/** The engine host is open, but did not take the order. */
export const hostUnreachable: Problem = {
  code: "host-unreachable",
  what: "The part of the extension that sends files did not answer.",
  next: "Drop again. If that does not help, turn the extension off and on again.",
};

/** An upload that has ended, or never began. */
export const unknownUpload = (): Refusal =>
  new Refusal({
    code: "upload-unknown",
    what: "This upload is over.",
    next: "Drop the folder again: what is already in the store is not sent twice.",
  });

/** The signer refused a request: with the signer's own code, so that a defect of ours does not pass for bad credentials. */
export function unsigned(error: Error & { code: string }): Refusal {
  return new Refusal({
    code: error.code,
    what: `A request could not be signed: ${error.message}.`,
    next: error.code === "request-unsignable" ? "Enter the credentials again on the options page." : DEFECT,
  });
}

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const what = `The extension failed: ${error instanceof Error ? error.message : String(error)}.`;
  return { code: "background-failed", what, next: DEFECT };
}

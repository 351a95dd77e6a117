import type { Problem } from "../shared/messages.ts";

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

/** An upload that has ended, or never began. */
export const unknownUpload = (): Refusal =>
  new Refusal({
    code: "upload-unknown",
    what: "This upload is over.",
    next: "Drop the folder again: what is already in the store is not sent twice.",
  });

/** The credentials hold characters that no request can carry. */
export const unsignable = (message: string): Refusal =>
  new Refusal({
    code: "request-unsignable",
    what: `A request could not be signed: ${message}.`,
    next: "Enter the credentials again on the options page.",
  });

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const what = `The extension failed: ${error instanceof Error ? error.message : String(error)}.`;
  return {
    code: "background-failed",
    what,
    next: "Try again; if it stays, report this sentence as a defect.",
  };
}

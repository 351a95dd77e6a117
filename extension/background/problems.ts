import type { Problem } from "../shared/messages.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { text } from "../shared/text.ts";

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
    what: text("problem_profile_missing_what"),
    next: text("problem_profile_missing_next"),
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
export const badProfile = (field: string, reason: string): Refusal =>
  new Refusal({
    code: "profile-invalid",
    what: text("backgroundProfileInvalidWhat", field, reason),
    next: text("problem_profile_invalid_next"),
  });

/** There are no credentials for this browser session. */
export const noCredentials = (): Refusal =>
  new Refusal({
    code: "credentials-missing",
    what: text("problem_credentials_missing_what"),
    next: text("problem_credentials_missing_next"),
  });

/** A failed upload cannot be taken up again. */
export const retryGone = (): Refusal =>
  new Refusal({
    code: "retry-gone",
    what: text("problem_retry_gone_what"),
    next: text("problem_retry_gone_next"),
  });

/** The browser has not granted access to the profile's hosts. */
export const noHostAccess = (): Refusal =>
  new Refusal({
    code: "host-access-missing",
    what: text("problem_host_access_missing_what"),
    next: text("problem_host_access_missing_next"),
  });

/** The browser has not granted access to Deadline Cloud, or what answers in its place. */
export const noFarmAccess = (): Refusal =>
  new Refusal({
    code: "farm-access-missing",
    what: text("problem_farm_access_missing_what"),
    next: text("problem_farm_access_missing_next"),
  });

/** The browser has not granted access to the hosts of a sign-in. */
export const noSignInAccess = (): Refusal =>
  new Refusal({
    code: "sign-in-access-missing",
    what: text("problem_sign_in_access_missing_what"),
    next: text("problem_sign_in_access_missing_next"),
  });

/** The engine host is open, but did not take the order. */
export const hostUnreachable = (): Problem => ({
  code: "host-unreachable",
  what: text("problem_host_unreachable_what"),
  next: text("problem_host_unreachable_next"),
});

/** An upload that has ended, or never began. */
export const unknownUpload = (): Refusal =>
  new Refusal({
    code: "upload-unknown",
    what: text("problem_upload_unknown_what"),
    next: text("problem_upload_unknown_next"),
  });

/** Whether Rust refused, with a code of its own. */
export function isAttachmentError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** The text that was pasted gives no credentials. The page has judged it before, so this is rare. */
export const badCredentials = ({ code, message }: { code: string; message: string }): Refusal =>
  new Refusal({
    code,
    what: fieldErrorText({ code, message }),
    next: text("problem_credentials_missing_next"),
  });

/** The settings of a sign-in break a rule. */
export const badSignIn = ({ code, message }: { code: string; message: string }): Refusal =>
  new Refusal({
    code,
    what: fieldErrorText({ code, message: message.replace(/^\w+: /, "") }),
    next: text("problem_start_url_unknown_next"),
  });

/** The signer refused a request: with the signer's own code, so that a defect of ours does not pass for bad credentials. */
export function unsigned(error: Error & { code: string }): Refusal {
  return new Refusal({
    code: error.code,
    what: text("backgroundUnsignedWhat", error.message),
    next: text(error.code === "request-unsignable" ? "backgroundUnsignableNext" : "backgroundDefectNext"),
  });
}

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const what = text("backgroundFailedWhat", error instanceof Error ? error.message : String(error));
  return { code: "background-failed", what, next: text("backgroundDefectNext") };
}

/** Why a store refused an upload: what to ask it, and what its answers mean, is decided in Rust. */
import type { DenialReply } from "deadlinejs/common";
import { mayReach } from "../shared/browser.ts";
import type { Explained, ProfileFields, ToBackground } from "../shared/messages.ts";
import { shownProblem } from "./deadline.ts";
import { makeDiagnosis, makeSigner } from "./rules.ts";
import { askStore } from "./store-fetch.ts";
import { keysFor } from "./upload-keys.ts";
import { placeOfFailed, placeOfUpload } from "./upload-store.ts";

const NO_ANSWER: DenialReply = { status: 0, headers: {}, body: "" };

/**
 * Finds out what a refusal is about, for the profile as the upload had it: it may have been changed since. Nothing for a code
 * that is no refusal, or an upload that is known no more.
 */
export async function explainDenial({
  uploadId,
  code,
}: ToBackground["denial.explain"]): Promise<Explained | null> {
  const place = (await placeOfUpload(uploadId)) ?? (await placeOfFailed(uploadId));
  if (place === undefined) return null;
  const { profile, profileId } = place;
  const diagnosis = await makeDiagnosis(code, profile, profile.queueRole);
  if (diagnosis === undefined) return null;
  try {
    let step = diagnosis.next();
    while (step.type === "ask") {
      diagnosis.answered(await ask(profile, step.request));
      step = diagnosis.next();
    }
    return step.type === "found" ? { problem: shownProblem(step.problem), profileId } : null;
  } finally {
    diagnosis.free();
  }
}

type Question = Parameters<Awaited<ReturnType<typeof makeSigner>>["sign"]>[0];

async function ask(profile: ProfileFields, question: Question): Promise<DenialReply> {
  const signer = await makeSigner(profile, (await keysFor(profile)).keys);
  try {
    const signed = signer.sign(question, Date.now());
    if (!(await mayReach([`${new URL(signed.url).origin}/*`]))) return NO_ANSWER;
    return (await askStore(question.method, signed)) ?? NO_ANSWER;
  } finally {
    signer.free();
  }
}

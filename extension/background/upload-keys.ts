/** Which keys sign an upload: those of the session, or those that the profile's queue gives for them. */

import { browser } from "../shared/browser.ts";
import { type ProfileFields, uploadLockName } from "../shared/messages.ts";
import { localProblem } from "../shared/problem-text.ts";
import { text } from "../shared/text.ts";
import { orderHost } from "./host-client.ts";
import { noCredentials, Refusal } from "./problems.ts";
import { type QueueKeys, queueKeys, renewQueueKeys } from "./queue-keys.ts";
import { placeOfFailed, profileOfUpload, runningUploads } from "./upload-store.ts";
import { heldKeys } from "./vault.ts";

/** Good keys for this profile, and when others are to be asked for. Throws a {@link Refusal} where there are none. */
export async function keysFor(profile: ProfileFields): Promise<QueueKeys> {
  if (profile.queueRole) return queueKeys(profile);
  const keys = await heldKeys();
  if (!keys) throw noCredentials();
  return { keys, renewAt: keys.expires ?? Number.POSITIVE_INFINITY };
}

/** As {@link keysFor} for an upload that runs: whatever the reason, it waits for credentials and loses nothing. */
export async function keysForRunning(profile: ProfileFields): Promise<QueueKeys> {
  try {
    return await keysFor(profile);
  } catch (error) {
    if (!(error instanceof Refusal) || !profile.queueRole || error.problem.code === "credentials-missing")
      throw error;
    const { what, next } = localProblem(error.problem);
    throw new Refusal({ code: "queue-credentials-missing", what: text("backgroundQueueKeys", what), next });
  }
}

/** Name of the alarm for another try. */
const ALARM = "renew";
/** Alarms come no sooner, in minutes. */
const AGAIN_MINUTES = 0.5;

/** Lets go of what signs for an upload: its next request is signed with other keys. */
type ForgetSigner = (uploadId: string) => void;

/** Tries again by itself what has failed; must be called while the background's script runs for the first time. */
export function watchRenewal(forgetSigner: ForgetSigner): void {
  browser.alarms.onAlarm.addListener(({ name }) =>
    name === ALARM ? forEachUpload((uploadId) => renewForUpload(uploadId, forgetSigner)) : undefined,
  );
}

/** An upload waits for other credentials than it has: where the queue gives them, it gets some. */
export async function renewForUpload(uploadId: string, forgetSigner: ForgetSigner): Promise<null> {
  const profile = await profileOfUpload(uploadId);
  if (!profile?.queueRole) return null;
  try {
    await renewQueueKeys(profile);
  } catch (error) {
    // Without those of the session there is nothing to try with; a person is asked for them.
    if (await heldKeys()) browser.alarms.create(ALARM, { delayInMinutes: AGAIN_MINUTES });
    throw error;
  }
  return tellRenewed(uploadId, forgetSigner);
}

/** The same because a person wants it, who may have seen the upload fail: then it is for the next try. */
export async function renewForPerson(uploadId: string, forgetSigner: ForgetSigner): Promise<null> {
  if (await profileOfUpload(uploadId)) return renewForUpload(uploadId, forgetSigner);
  const failed = (await placeOfFailed(uploadId))?.profile;
  if (failed?.queueRole) await renewQueueKeys(failed);
  return null;
}

/**
 * The session has other keys than before. An upload that they sign themselves goes on with them; one whose queue gives keys
 * goes on only once the queue has given some for them: told of others that are none, it would give up in the end.
 */
export function goOnWithKeys(forgetSigner: ForgetSigner): Promise<void> {
  return forEachUpload(async (uploadId) => {
    const profile = await profileOfUpload(uploadId);
    if (profile?.queueRole) await renewForUpload(uploadId, forgetSigner);
    else if (profile) await tellRenewed(uploadId, forgetSigner);
  });
}

async function tellRenewed(uploadId: string, forgetSigner: ForgetSigner): Promise<null> {
  forgetSigner(uploadId);
  await orderHost({ type: "credentials.renewed", uploadId });
  return null;
}

/**
 * For each upload that somebody works at: one whose engine host is gone may still be noted. One upload's refusal, which an
 * alarm comes back to, keeps no other one waiting.
 */
async function forEachUpload(renew: (uploadId: string) => Promise<unknown>): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const atWork = new Set(held.map(({ name }) => name));
  const uploads = (await runningUploads()).filter((uploadId) => atWork.has(uploadLockName(uploadId)));
  await Promise.allSettled(uploads.map(renew));
}

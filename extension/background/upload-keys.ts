/** Which keys sign an upload: those of the session, or those that the profile's queue gives for them. */

import { browser } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { localProblem } from "../shared/problem-text.ts";
import { text } from "../shared/text.ts";
import { orderHost } from "./host-client.ts";
import { noCredentials, Refusal } from "./problems.ts";
import { type QueueKeys, queueKeys, renewQueueKeys } from "./queue-keys.ts";
import { profileOfUpload, runningUploads } from "./upload-store.ts";
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

/** Tries again by itself what has failed; must be called while the background's script runs for the first time. */
export function watchRenewal(forgetSigner: (uploadId: string) => void): void {
  browser.alarms.onAlarm.addListener(({ name }) =>
    name === ALARM ? renewForAll(forgetSigner).catch(() => undefined) : undefined,
  );
}

/** An upload waits for other credentials than it has: where the queue gives them, it gets some. */
export async function renewForUpload(uploadId: string, forgetSigner: () => void): Promise<null> {
  const profile = await profileOfUpload(uploadId);
  if (!profile?.queueRole) return null;
  try {
    await renewQueueKeys(profile);
  } catch (error) {
    // Without those of the session there is nothing to try with; a person is asked for them.
    if (await heldKeys()) browser.alarms.create(ALARM, { delayInMinutes: AGAIN_MINUTES });
    throw error;
  }
  forgetSigner();
  await orderHost({ type: "credentials.renewed" });
  return null;
}

/** The same for every upload that runs, because a person wants it. */
export async function renewForAll(forgetSigner: (uploadId: string) => void): Promise<null> {
  for (const uploadId of await runningUploads()) await renewForUpload(uploadId, () => forgetSigner(uploadId));
  return null;
}

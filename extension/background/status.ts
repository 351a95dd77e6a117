import { mayReach } from "../shared/browser.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import type { HeldKeys } from "./held-keys.ts";
import { idleMinutes } from "./idle-time.ts";
import { readProfiles } from "./profile-store.ts";
import { judgeProfile } from "./rules.ts";
import { signInView } from "./sign-in.ts";
import { heldKeys, hintOf } from "./vault.ts";

/** What pages may know of profiles and credentials. */
export async function readStatus(): Promise<BackgroundStatus> {
  const { all, mayHaveOwn, defaultProfile, chosen } = await readProfiles();
  const originPatterns = chosen ? (await judgeProfile(chosen.fields)).originPatterns : [];
  const keys = await heldKeys();
  return {
    profiles: all,
    mayHaveOwnProfiles: mayHaveOwn,
    defaultProfileId: defaultProfile?.id ?? null,
    profileId: chosen?.id ?? null,
    profile: chosen?.fields ?? null,
    originPatterns,
    hasHostAccess: originPatterns.length > 0 && (await mayReach(originPatterns)),
    credentials: keys ? shownOf(keys) : null,
    idleMinutes: await idleMinutes(),
    signIn: await signInView(),
  };
}

function shownOf({ accessKeyId, sessionToken, expires }: HeldKeys): BackgroundStatus["credentials"] {
  return {
    accessKeyIdHint: hintOf(accessKeyId),
    temporary: sessionToken !== "",
    ...(expires !== undefined && { expires }),
  };
}

import { mayReach } from "../shared/browser.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import * as credentials from "./credentials.ts";
import { readProfiles } from "./profile-store.ts";
import { judgeProfile } from "./rules.ts";

/** What pages may know of profiles and credentials. */
export async function readStatus(): Promise<BackgroundStatus> {
  const { all, mayHaveOwn, defaultProfile, chosen } = await readProfiles();
  const originPatterns = chosen ? (await judgeProfile(chosen.fields)).originPatterns : [];
  const keys = await credentials.current();
  return {
    profiles: all,
    mayHaveOwnProfiles: mayHaveOwn,
    defaultProfileId: defaultProfile?.id ?? null,
    profileId: chosen?.id ?? null,
    profile: chosen?.fields ?? null,
    originPatterns,
    hasHostAccess: originPatterns.length > 0 && (await mayReach(originPatterns)),
    credentials: keys
      ? { accessKeyIdHint: credentials.hintOf(keys.accessKeyId), temporary: keys.sessionToken !== "" }
      : null,
  };
}

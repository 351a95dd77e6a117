import { mayReach } from "../shared/browser.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import * as credentials from "./credentials.ts";
import { storedProfile } from "./profile-store.ts";
import { judgeProfile } from "./rules.ts";

/** What pages may know of profile and credentials. */
export async function readStatus(): Promise<BackgroundStatus> {
  const profile = await storedProfile();
  const originPatterns = profile ? (await judgeProfile(profile)).originPatterns : [];
  const keys = await credentials.current();
  return {
    profile: profile ?? null,
    originPatterns,
    hasHostAccess: originPatterns.length > 0 && (await mayReach(originPatterns)),
    credentials: keys
      ? { accessKeyIdHint: credentials.hintOf(keys.accessKeyId), temporary: keys.sessionToken !== "" }
      : null,
  };
}

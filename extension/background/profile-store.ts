import * as v from "valibot";
import { browser, giveBackHosts } from "../shared/browser.ts";
import { type ProfileFields, ProfileFieldsSchema } from "../shared/messages.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { profileLabel } from "../shared/profile-labels.ts";
import { badProfile, noProfile } from "./problems.ts";
import { judgeProfile } from "./rules.ts";
import { isAnyUploadRunning } from "./upload-store.ts";

const KEY = "profile";

/** The stored profile, if there is one that can be read. */
export async function storedProfile(): Promise<ProfileFields | undefined> {
  const stored = await browser.storage.local.get(KEY);
  const read = v.safeParse(ProfileFieldsSchema, stored[KEY]);
  return read.success ? read.output : undefined;
}

/** The stored profile with the hosts that it talks to; refuses if there is none or it breaks a rule. */
export async function usableProfile(): Promise<{ profile: ProfileFields; originPatterns: string[] }> {
  const profile = await storedProfile();
  if (!profile) throw noProfile();
  return { profile, originPatterns: await originsOf(profile) };
}

/** Stores a good profile, without white space around its fields. */
export async function saveProfile(fields: ProfileFields): Promise<ProfileFields> {
  const trimmed = Object.entries(fields).map(([k, value]) => [
    k,
    typeof value === "string" ? value.trim() : value,
  ]);
  const profile = v.parse(ProfileFieldsSchema, Object.fromEntries(trimmed));
  const origins = await originsOf(profile);
  const before = await storedProfile();
  await browser.storage.local.set({ [KEY]: profile });
  if (before) await giveBackAccess((await judgeProfile(before)).originPatterns, origins);
  return profile;
}

/** The extension keeps no access to a host that no profile names any more; a running upload still needs its own. */
async function giveBackAccess(before: string[], now: string[]): Promise<void> {
  if (!(await isAnyUploadRunning())) await giveBackHosts(before, now);
}

async function originsOf(profile: ProfileFields): Promise<string[]> {
  const { errors, originPatterns } = await judgeProfile(profile);
  const [first] = errors;
  if (first) throw badProfile(profileLabel(first.field), fieldErrorText(first));
  return originPatterns;
}

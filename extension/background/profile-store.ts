import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { type ProfileFields, ProfileFieldsSchema } from "../shared/messages.ts";
import { badProfile, noProfile } from "./problems.ts";
import { judgeProfile } from "./rules.ts";

const KEY = "profile";

/** The stored profile, if there is one that can be read. */
export async function storedProfile(): Promise<ProfileFields | undefined> {
  const stored = await browser.storage.local.get(KEY);
  const read = v.safeParse(ProfileFieldsSchema, stored[KEY]);
  return read.success ? read.output : undefined;
}

/** The stored profile with the address that it talks to; refuses if there is none or it breaks a rule. */
export async function usableProfile(): Promise<{ profile: ProfileFields; originPattern: string }> {
  const profile = await storedProfile();
  if (!profile) throw noProfile();
  return { profile, originPattern: await originOf(profile) };
}

/** Stores a good profile, without white space around its fields. */
export async function saveProfile(fields: ProfileFields): Promise<ProfileFields> {
  const trimmed = Object.entries(fields).map(([k, value]) => [
    k,
    typeof value === "string" ? value.trim() : value,
  ]);
  const profile = v.parse(ProfileFieldsSchema, Object.fromEntries(trimmed));
  await originOf(profile);
  await browser.storage.local.set({ [KEY]: profile });
  return profile;
}

async function originOf(profile: ProfileFields): Promise<string> {
  const { errors, originPattern } = await judgeProfile(profile);
  const [first] = errors;
  if (first || originPattern === null)
    throw badProfile(first ? `${first.field}: ${first.message}` : "no address");
  return originPattern;
}

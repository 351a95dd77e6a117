/**
 * The profiles: a person's own in `storage.local`, one key for each, beside those that an administrator has set.
 * Which of them uploads go to is chosen for a browser session and begins with the default.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { type ProfileFields, ProfileFieldsSchema, type StoredProfile } from "../shared/messages.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { profileLabel } from "../shared/profile-labels.ts";
import { managedPolicy } from "./managed-policy.ts";
import { badProfile, lockedProfile, nameTaken, noProfile } from "./problems.ts";
import { judgeProfile } from "./rules.ts";

const PREFIX = "profile-";
/** The one that a person has made the default. */
const DEFAULT_KEY = "ownDefaultProfile";
/**
 * The one that was there first. Earlier versions kept here what a person has chosen as well, and nobody can tell the one from
 * the other: so the policy goes before it.
 */
const FIRST_KEY = "defaultProfile";
const CHOSEN_KEY = "chosenProfile";
/** Where the only profile was before there could be several. */
const ONLY_KEY = "profile";
/** Its id since then: always the same, so that moving it twice makes no second one. */
const ONLY_ID = "first";

/** All profiles and what is chosen among them. */
export interface Profiles {
  /** Sorted by name. */
  all: StoredProfile[];
  /** Whether a person may have their own. */
  mayHaveOwn: boolean;
  /** Where each browser session begins: what a person has set, else the policy, else the first one. */
  defaultProfile: StoredProfile | undefined;
  /** Where uploads of this browser session go. */
  chosen: StoredProfile | undefined;
}

/** Everything that is known of profiles. One that cannot be read is left out. */
export async function readProfiles(): Promise<Profiles> {
  await moveOnlyProfile();
  const [local, session, policy] = await Promise.all([
    browser.storage.local.get(null),
    browser.storage.session.get(CHOSEN_KEY),
    managedPolicy(),
  ]);
  const own = policy.allowOwnProfiles ? Object.entries(local).flatMap(ownProfile) : [];
  const all = [...policy.profiles, ...own].sort(byName);
  const find = (id: unknown) => all.find((profile) => profile.id === id);
  const set = find(local[DEFAULT_KEY]) ?? find(policy.defaultProfileId);
  const defaultProfile = set ?? find(local[FIRST_KEY]) ?? all[0];
  return {
    all,
    mayHaveOwn: policy.allowOwnProfiles,
    defaultProfile,
    chosen: find(session[CHOSEN_KEY]) ?? defaultProfile,
  };
}

function ownProfile([key, value]: [string, unknown]): StoredProfile[] {
  if (!key.startsWith(PREFIX)) return [];
  const read = v.safeParse(ProfileFieldsSchema, value);
  return read.success ? [{ id: key.slice(PREFIX.length), fields: read.output, isLocked: false }] : [];
}

function byName(a: StoredProfile, b: StoredProfile): number {
  return a.fields.name.localeCompare(b.fields.name) || (a.id < b.id ? -1 : 1);
}

/**
 * That profile, or the chosen one, with the hosts that it talks to; refuses if there is none or it breaks a rule.
 */
export async function usableProfile(
  id?: string,
): Promise<{ id: string; profile: ProfileFields; originPatterns: string[] }> {
  const found = id === undefined ? (await readProfiles()).chosen : await findProfile(id);
  if (!found) throw noProfile();
  const { fields } = found;
  return { id: found.id, profile: fields, originPatterns: await originsOf(fields) };
}

/** Stores a good profile, without white space around its fields: as a new one, unless an id names one of a person's own. */
export async function saveProfile(fields: ProfileFields, id?: string): Promise<StoredProfile> {
  const profile = trimmed(fields);
  const { all, mayHaveOwn } = await readProfiles();
  const before = all.find((one) => one.id === id);
  if (before?.isLocked || !mayHaveOwn) throw lockedProfile();
  // Deleted meanwhile in another tab: what was typed must not be lost for it.
  const saved = { id: before?.id ?? crypto.randomUUID(), fields: profile, isLocked: false };
  if (all.some((one) => one.id !== saved.id && one.fields.name === profile.name))
    throw nameTaken(profile.name);
  await originsOf(profile);
  await browser.storage.local.set({ [PREFIX + saved.id]: profile });
  if (all.length === 0) await browser.storage.local.set({ [FIRST_KEY]: saved.id });
  return saved;
}

/** Deletes one of a person's own profiles. */
export async function deleteProfile(id: string): Promise<null> {
  const profile = await findProfile(id);
  if (profile.isLocked) throw lockedProfile();
  await browser.storage.local.remove(PREFIX + id);
  return null;
}

/** Every browser session begins with this profile, and it is the chosen one from now on. */
export async function setDefaultProfile(id: string): Promise<null> {
  await findProfile(id);
  await browser.storage.local.set({ [DEFAULT_KEY]: id });
  await browser.storage.session.remove(CHOSEN_KEY);
  return null;
}

/** The uploads of this browser session go there. */
export async function chooseProfile(id: string): Promise<null> {
  await findProfile(id);
  await browser.storage.session.set({ [CHOSEN_KEY]: id });
  return null;
}

async function findProfile(id: string): Promise<StoredProfile> {
  const profile = (await readProfiles()).all.find((one) => one.id === id);
  if (!profile) throw noProfile();
  return profile;
}

function trimmed(fields: ProfileFields): ProfileFields {
  const entries: [string, unknown][] = Object.entries(fields).map(([key, value]) => [
    key,
    typeof value === "string" ? value.trim() : value,
  ]);
  // The empty lines between folders as well.
  const folders = fields.outputDirectories.map((folder) => folder.trim()).filter((folder) => folder !== "");
  entries.push(["outputDirectories", folders]);
  return v.parse(ProfileFieldsSchema, Object.fromEntries(entries));
}

async function originsOf(profile: ProfileFields): Promise<string[]> {
  const { errors, originPatterns } = await judgeProfile(profile);
  const [first] = errors;
  if (first) throw badProfile(profileLabel(first.field), fieldErrorText(first));
  return originPatterns;
}

/** Makes the profile of the time when there was only one the first of several. */
async function moveOnlyProfile(): Promise<void> {
  const { [ONLY_KEY]: only } = await browser.storage.local.get(ONLY_KEY);
  if (only === undefined) return;
  await browser.storage.local.set({ [PREFIX + ONLY_ID]: only, [FIRST_KEY]: ONLY_ID });
  await browser.storage.local.remove(ONLY_KEY);
}

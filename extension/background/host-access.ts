/**
 * Which hosts the extension still needs, and the one place that gives access back: to what was needed once and is not any
 * more. What was needed is in `storage.local`, so that access outlives neither an upload nor a browser that was killed in the
 * middle of one. Access that nobody asked for here (a person can grant it in the browser's own settings) is left alone.
 */
import * as v from "valibot";
import { browser, giveBackHosts } from "../shared/browser.ts";
import { keptSignInSettings } from "../shared/sign-in-settings.ts";
import { patternFor } from "../shared/site-pattern.ts";
import { wantedSites } from "./drop-sites.ts";
import { readProfiles } from "./profile-store.ts";
import { lentHosts } from "./resource-access.ts";
import { judgeProfile, signInOrigins } from "./rules.ts";
import { profileOfUpload, runningUploads } from "./upload-store.ts";

const KEY = "neededHosts";

/** One look after the other. */
let looking: Promise<void> = Promise.resolve();

/**
 * Must be called while the background's script runs for the first time: a killed browser has told of no end, and earlier
 * versions did not note what is needed.
 */
export function watchHostAccess(): void {
  browser.runtime.onStartup.addListener(() => void settleHosts());
  browser.runtime.onInstalled.addListener(() => void settleHosts());
}

/**
 * Gives access back to what nothing needs any more. To be called after everything that may need other hosts than before.
 * Never rejects: what cannot be given back now is tried again the next time.
 */
export function settleHosts(): Promise<void> {
  looking = looking.then(settle).catch(() => undefined);
  return looking;
}

/** What a change gives, once the access that it made needless is given back. */
export async function settled<T>(change: Promise<T>): Promise<T> {
  const value = await change;
  await settleHosts();
  return value;
}

async function settle(): Promise<void> {
  const needed = await neededHosts();
  const read = v.safeParse(v.array(v.string()), (await browser.storage.local.get(KEY))[KEY]);
  const before = read.success ? read.output : [];
  await giveBackHosts(
    before.flatMap((pattern) => needless(pattern, needed)),
    needed,
  );
  if (before.join() !== needed.join()) await browser.storage.local.set({ [KEY]: needed });
}

/** What to give back for a pattern that was needed: a browser that has granted all ports of a host grants no single one besides. */
function needless(pattern: string, needed: readonly string[]): string[] {
  if (needed.includes(pattern)) return [];
  const allPorts = patternFor(pattern);
  const isHostNeeded = needed.some((one) => patternFor(one) === allPorts);
  if (!isHostNeeded) return allPorts ? [pattern, allPorts] : [pattern];
  return pattern === allPorts ? [] : [pattern];
}

/** Match patterns of all hosts that anything needs, sorted. */
async function neededHosts(): Promise<string[]> {
  const { all } = await readProfiles();
  const running = await Promise.all((await runningUploads()).map(profileOfUpload));
  const profiles = [...all.map(({ fields }) => fields), ...running.filter((one) => one !== undefined)];
  const judged = await Promise.all(profiles.map(judgeProfile));
  const ofProfiles = judged.map(({ originPatterns }) => originPatterns);
  const others = await Promise.all([wantedSites(), lentHosts(), hostsOfSignIn()]);
  return [...new Set([...ofProfiles, ...others].flat())].sort();
}

async function hostsOfSignIn(): Promise<string[]> {
  const settings = await keptSignInSettings();
  if (settings === undefined) return [];
  // Settings that break a rule were never signed in with.
  return signInOrigins({ ...settings, clientName: "any" }).catch(() => []);
}

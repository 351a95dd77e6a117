/**
 * The secrets of this browser session: in `storage.session`, which the browser keeps in memory and drops when it closes. The
 * background may be stopped at any time, so its own memory alone would lose them in the middle of an upload.
 *
 * They are wiped when they expire, when nobody has used them for a while, and when a person says so.
 */
import type { SessionKeys } from "deadlinejs/common";
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { type HeldKeys, HeldKeysSchema, SECRET } from "./held-keys.ts";
import { idleMinutes } from "./idle-time.ts";
import { wipeTime } from "./rules.ts";

const KEYS = `${SECRET}keys`;
const LAST_USE = "lastUse";
/** Name of the alarm for the next moment at which something may have to be wiped. */
const ALARM = "vault";
/** A use is noted again after this, in milliseconds: short beside any idle time. */
const USE_NOTED_FOR = 30_000;

/** What ends by itself: the keys of the session, and those of a queue, which are kept beside when they were got. */
const EndingSchema = v.union([
  v.object({ expires: v.number() }),
  v.pipe(
    v.object({ keys: v.object({ expires: v.number() }) }),
    v.transform(({ keys }) => keys),
  ),
]);

let epochNow = 0;
let lastUseNoted = 0;
const listeners: (() => unknown)[] = [];
const enders: (() => unknown)[] = [];

/** Calls the listener whenever there are other keys than before, or none any more. */
export function onKeysChanged(listener: () => unknown): void {
  listeners.push(listener);
}

/** Calls the listener before everything is forgotten: whoever would bring it back ends. */
export function onForget(listener: () => unknown): void {
  enders.push(listener);
}

/** Keeps these instead of any others. */
export async function keepKeys(keys: SessionKeys): Promise<void> {
  await browser.storage.session.set({ [KEYS]: v.parse(HeldKeysSchema, keys) });
  lastUseNoted = 0;
  await noteUse();
  await planWipe();
  await tell();
}

/** The keys of this session, if there are any that have not expired. */
export async function heldKeys(): Promise<HeldKeys | undefined> {
  await wipeWhatIsDue();
  return stored();
}

/**
 * Wipes everything that is secret, and ends the session that it came from. What was asked for with it, and comes later, belongs
 * to an {@link epoch} that is over.
 */
export async function forgetAll(): Promise<void> {
  for (const end of enders) await end();
  await wipeSecrets();
}

/** Wipes everything that is secret. */
export async function wipeSecrets(): Promise<void> {
  epochNow += 1;
  const all = await browser.storage.session.get(null);
  const secrets = Object.keys(all).filter((key) => key.startsWith(SECRET));
  await browser.storage.session.remove(secrets);
  await browser.alarms.clear(ALARM);
  await tell();
}

/** Another number after each {@link forgetAll}: what began before it must keep nothing any more. */
export function epoch(): number {
  return epochNow;
}

/** Somebody is there: one of our pages asks for something, or an upload is at work. */
export async function noteUse(): Promise<void> {
  const now = Date.now();
  if (now - lastUseNoted < USE_NOTED_FOR) return;
  // An alarm can be late: a computer sleeps. Whoever comes after the end must not bring back what should be gone.
  await wipeWhatIsDue();
  lastUseNoted = now;
  await browser.storage.session.set({ [LAST_USE]: now });
}

/** Wipes in time, also while nobody asks; must be called while the background's script runs for the first time. */
export function watchVault(): void {
  browser.alarms.onAlarm.addListener(({ name }) => (name === ALARM ? wipeWhatIsDue() : undefined));
  void wipeWhatIsDue();
}

/** Enough of an access key id to tell keys apart, not enough to use. */
export function hintOf(accessKeyId: string): string {
  return accessKeyId.length > 12 ? `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}` : "…";
}

async function stored(): Promise<HeldKeys | undefined> {
  const { [KEYS]: value } = await browser.storage.session.get(KEYS);
  const read = v.safeParse(HeldKeysSchema, value);
  return read.success ? read.output : undefined;
}

/** When the keys are wiped if nobody uses them any more, in milliseconds since 1970; nothing while they may stay. */
async function idleEnd(): Promise<number | undefined> {
  const { [LAST_USE]: lastUse } = await browser.storage.session.get(LAST_USE);
  return typeof lastUse === "number" ? wipeTime(lastUse, await idleMinutes()) : undefined;
}

/** Sets the alarm for the next look; to be called again where the idle time is set anew. */
export async function planWipe(): Promise<void> {
  const ends = (await endings()).map(({ expires }) => expires);
  const idle = (await holdsAny()) ? await idleEnd() : undefined;
  if (idle !== undefined) ends.push(idle);
  if (ends.length > 0) browser.alarms.create(ALARM, { when: Math.min(...ends) });
}

async function holdsAny(): Promise<boolean> {
  return Object.keys(await browser.storage.session.get(null)).some((key) => key.startsWith(SECRET));
}

/** Everything secret that ends by itself, and when. */
async function endings(): Promise<{ key: string; expires: number }[]> {
  const all = Object.entries(await browser.storage.session.get(null));
  return all.flatMap(([key, value]) => {
    const read = key.startsWith(SECRET) ? v.safeParse(EndingSchema, value) : undefined;
    return read?.success ? [{ key, expires: read.output.expires }] : [];
  });
}

async function wipeWhatIsDue(): Promise<void> {
  if (!(await holdsAny())) return;
  const now = Date.now();
  if (((await idleEnd()) ?? Number.POSITIVE_INFINITY) <= now) {
    await forgetAll();
    return;
  }
  const ended = (await endings()).filter(({ expires }) => expires <= now).map(({ key }) => key);
  if (ended.length > 0) {
    await browser.storage.session.remove(ended);
    await tell();
  }
  await planWipe();
}

async function tell(): Promise<void> {
  for (const listener of listeners) await listener();
}

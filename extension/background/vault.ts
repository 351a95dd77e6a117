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

/** What has become of the keys of the session: there are others than before, or something is gone. */
export type KeyNews = "kept" | "wiped";

let epochNow = 0;
let forgetting = new AbortController();
let lastUseNoted = 0;
const listeners: ((news: KeyNews) => unknown)[] = [];
const enders: (() => unknown)[] = [];
let lastTurn: Promise<unknown> = Promise.resolve();

/** One after the other: what is kept must not be judged by what was noted before, and nothing comes back that was wiped. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

/** Calls the listener after each change. */
export function onKeysChanged(listener: (news: KeyNews) => unknown): void {
  listeners.push(listener);
}

/**
 * Calls the listener before everything is forgotten: whoever would bring it back ends. The listener asks the vault for nothing,
 * which waits for it.
 */
export function onForget(listener: () => unknown): void {
  enders.push(listener);
}

/** Keeps what a person has just entered, in place of everything that is secret. It counts as use. */
export async function enterKeys(keys: SessionKeys): Promise<void> {
  await inTurn(async () => {
    await forget();
    await store(keys, { [LAST_USE]: Date.now() });
    lastUseNoted = Date.now();
  });
  await tell("kept");
}

/**
 * Keeps these in place of those of the session, because whoever signed in gets new ones from time to time. That is no use:
 * nobody has to be there. Keeps nothing if everything is to be forgotten meanwhile.
 */
export async function keepKeys(keys: SessionKeys): Promise<void> {
  if (await keepUnder(epochNow, () => store(keys))) await tell("kept");
}

/** Keeps a secret that was got with those of the session; nothing if {@link epoch} has another number since. */
export async function keepSecret(name: string, value: unknown, begun: number): Promise<void> {
  await keepUnder(begun, async () => {
    await browser.storage.session.set({ [name]: value });
    await plan();
  });
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
  await inTurn(forget);
  await tell("wiped");
}

/** Wipes everything that is secret. */
export async function wipeSecrets(): Promise<void> {
  await inTurn(wipe);
  await tell("wiped");
}

/** Another number after each {@link forgetAll}: what began before it must keep nothing any more. */
export function epoch(): number {
  return epochNow;
}

/** Aborts when the secrets of now are wiped: what holds a copy of one lets go of it. */
export function untilForgotten(): AbortSignal {
  return forgetting.signal;
}

/** Somebody is there: a person does something on one of our pages, or an upload is at work. */
export async function noteUse(): Promise<void> {
  if (Date.now() - lastUseNoted < USE_NOTED_FOR) return;
  // An alarm can be late: a computer sleeps. Whoever comes after the end must not bring back what should be gone.
  const wiped = await inTurn(async () => {
    const isDue = await wipeDue();
    lastUseNoted = Date.now();
    await browser.storage.session.set({ [LAST_USE]: lastUseNoted });
    return isDue;
  });
  if (wiped) await tell("wiped");
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

/** Sets the alarm for the next look, where the idle time was set anew. */
export function planWipe(): Promise<void> {
  return inTurn(plan);
}

async function plan(): Promise<void> {
  const ends = (await endings()).map(({ expires }) => expires);
  const idle = (await holdsAny()) ? await idleEnd() : undefined;
  if (idle !== undefined) ends.push(idle);
  if (ends.length > 0) browser.alarms.create(ALARM, { when: Math.min(...ends) });
}

/** Keeps something in its turn, unless the epoch that it belongs to is over; tells whether it did. */
function keepUnder(begun: number, keep: () => Promise<void>): Promise<boolean> {
  return inTurn(async () => {
    if (begun !== epochNow) return false;
    await keep();
    return true;
  });
}

/** In one go with what is noted of them: a background that is stopped in between must not find the one without the other. */
async function store(keys: SessionKeys, noted: Record<string, number> = {}): Promise<void> {
  await browser.storage.session.set({ [KEYS]: v.parse(HeldKeysSchema, keys), ...noted });
  await plan();
}

async function forget(): Promise<void> {
  for (const end of enders) await end();
  await wipe();
}

async function wipe(): Promise<void> {
  epochNow += 1;
  forgetting.abort();
  forgetting = new AbortController();
  const all = await browser.storage.session.get(null);
  const secrets = Object.keys(all).filter((key) => key.startsWith(SECRET));
  await browser.storage.session.remove(secrets);
  await browser.alarms.clear(ALARM);
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
  if (await inTurn(wipeDue)) await tell("wiped");
}

/** Tells whether there was something to wipe. */
async function wipeDue(): Promise<boolean> {
  if (!(await holdsAny())) return false;
  const now = Date.now();
  if (((await idleEnd()) ?? Number.POSITIVE_INFINITY) <= now) {
    await forget();
    return true;
  }
  const ended = (await endings()).filter(({ expires }) => expires <= now).map(({ key }) => key);
  if (ended.length > 0) await browser.storage.session.remove(ended);
  await plan();
  return ended.length > 0;
}

async function tell(news: KeyNews): Promise<void> {
  for (const listener of listeners) await listener(news);
}

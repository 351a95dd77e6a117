/**
 * Sign-in at IAM Identity Center: what to ask, when, and what it means is decided in Rust. Here is sent what it wants sent, and
 * kept what it wants kept, because the background may be stopped between any two of its steps.
 */
import type { DeviceSignIn, SignInAction, SignInView } from "deadlinejs/common";
import * as v from "valibot";
import { browser, mayReach } from "../shared/browser.ts";
import type { ToBackground } from "../shared/messages.ts";
import { sendAccountRequest } from "./account-fetch.ts";
import { SECRET } from "./held-keys.ts";
import { tellPages } from "./pages-client.ts";
import { badSignIn, isAttachmentError, noSignInAccess } from "./problems.ts";
import { beginSignIn, renewalTime, resumeSignIn, signInOrigins } from "./rules.ts";
import { epoch, forgetAll, keepKeys, onForget, wipeSecrets } from "./vault.ts";

const KEPT = `${SECRET}sign-in`;
const RENEW_AT = "signInRenewAt";
/** Name of the alarm that goes on with a sign-in, and renews its keys. */
const ALARM = "sign-in";
/** Shorter waits than an alarm can have are waited for here, in milliseconds; a write for each of them keeps the background awake. */
const SHORT_WAIT = 25_000;

let signIn: DeviceSignIn | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** How many have ended since the background was started. */
let endings = 0;
/** How the last one ended, for as long as the background lives. */
let ended: SignInView | undefined;

/** Begins a sign-in in place of everything that was there. The page has asked for access to its hosts. */
export async function startSignIn({ type: _, ...settings }: ToBackground["signIn.start"]): Promise<null> {
  try {
    const all = { ...settings, clientName: browser.runtime.getManifest().name };
    if (!(await mayReach(await signInOrigins(all)))) throw noSignInAccess();
    await forgetAll();
    signIn = await beginSignIn(all);
  } catch (error) {
    throw isAttachmentError(error) ? badSignIn(error) : error;
  }
  await drive();
  return null;
}

/** What is to be shown; nothing where nobody signs in. */
export async function signInView(): Promise<SignInView | null> {
  const running = await current();
  return running?.view() ?? ended ?? null;
}

/** One of the accounts that the view offers. */
export async function chooseAccount(accountId: string): Promise<null> {
  (await current())?.chooseAccount(accountId);
  await drive();
  return null;
}

/** One of the roles that the view offers. */
export async function chooseRole(roleName: string): Promise<null> {
  (await current())?.chooseRole(roleName, Date.now());
  await drive();
  return null;
}

/** Ends it, and the session at the portal: nobody waits for the portal, and it is told by what is gone from here. */
export async function signOut(): Promise<null> {
  const running = await current();
  ended = undefined;
  signIn = undefined;
  await forgetKept();
  running?.signOut();
  for (let action = running?.nextAction(); action; action = running?.nextAction())
    if (action.type === "send") void sendAccountRequest(action.request);
  running?.free();
  return null;
}

/** Goes on in time, also while nobody asks; must be called while the background's script runs for the first time. */
export function watchSignIn(): void {
  browser.alarms.onAlarm.addListener(({ name }) => (name === ALARM ? goOn() : undefined));
  onForget(signOut);
  void current().then((running) => running && goOn());
}

async function goOn(): Promise<void> {
  const running = await current();
  if (running === undefined) return;
  const { [RENEW_AT]: renewAt } = await browser.storage.session.get(RENEW_AT);
  const isDue = typeof renewAt === "number" && renewAt <= Date.now();
  if (isDue) await browser.storage.session.remove(RENEW_AT);
  if (signIn !== running) return;
  if (isDue) running.renew(Date.now());
  running.timePassed(Date.now());
  await drive();
}

async function current(): Promise<DeviceSignIn | undefined> {
  if (signIn !== undefined) return signIn;
  const before = endings;
  const { [KEPT]: kept } = await browser.storage.session.get(KEPT);
  const read = v.safeParse(v.string(), kept);
  if (!read.success) return undefined;
  const resumed = await resumeSignIn(read.output).catch(() => undefined);
  // Somebody else may have been faster, or have ended what was kept.
  if (signIn !== undefined || endings !== before) resumed?.free();
  else signIn = resumed;
  return signIn;
}

/** Does what there is to do, keeps where it is, and tells the pages. */
async function drive(): Promise<void> {
  const running = signIn;
  if (running === undefined) return;
  for (;;) {
    // One action may have ended it, and whoever ends it frees it.
    if (signIn !== running) return;
    const action = running.nextAction();
    if (action === undefined) break;
    await act(running, action);
  }
  const kept = running.keep();
  if (kept === undefined) {
    ended = running.view();
    await drop();
  } else await browser.storage.session.set({ [KEPT]: kept });
  await tellPages({ type: "status.changed" });
}

async function act(running: DeviceSignIn, action: SignInAction): Promise<void> {
  switch (action.type) {
    case "send":
      void sendAccountRequest(action.request).then(async (reply) => {
        if (signIn !== running) return;
        running.replied(action.number, reply, Date.now());
        await drive();
      });
      return;
    case "open-page":
      // A person opens it, from the page that shows the code to compare.
      return;
    case "wait-until":
      return waitUntil(action.time);
    case "use-keys": {
      const begun = epoch();
      await keepKeys(action.keys);
      if (begun !== epoch()) return;
      const { expires } = action.keys;
      if (expires === undefined) return;
      const renewAt = await renewalTime(Date.now(), expires);
      await browser.storage.session.set({ [RENEW_AT]: renewAt });
      return waitUntil(renewAt);
    }
    case "wipe":
      return wipeSecrets();
  }
}

async function waitUntil(time: number): Promise<void> {
  clearTimeout(timer);
  const wait = time - Date.now();
  if (wait < SHORT_WAIT) timer = setTimeout(() => void goOn(), Math.max(0, wait));
  // Also for a short one: the background may be stopped before.
  browser.alarms.create(ALARM, { when: time });
}

async function drop(): Promise<void> {
  const old = signIn;
  signIn = undefined;
  await forgetKept();
  old?.free();
}

async function forgetKept(): Promise<void> {
  endings += 1;
  clearTimeout(timer);
  await browser.storage.session.remove([KEPT, RENEW_AT]);
  await browser.alarms.clear(ALARM);
}

/** After how long without use the session's secrets are wiped: a setting, which is no secret. */
import { browser } from "../shared/browser.ts";
import { IDLE_MINUTES, type IdleMinutes } from "../shared/messages.ts";

const KEY = "idleMinutes";
/** A working day with its breaks. */
const USUAL: IdleMinutes = 480;

/** Minutes. */
export async function idleMinutes(): Promise<IdleMinutes> {
  const { [KEY]: minutes } = await browser.storage.local.get(KEY);
  return IDLE_MINUTES.find((one) => one === minutes) ?? USUAL;
}

/** Keeps the setting. */
export async function setIdleMinutes(minutes: IdleMinutes): Promise<void> {
  await browser.storage.local.set({ [KEY]: minutes });
}

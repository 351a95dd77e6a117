import { browser } from "../shared/browser.ts";

const KEY = "notifications";

/** Whether the end of an upload is told by a notification; it is, until a person says otherwise. */
export async function wantsNotifications(): Promise<boolean> {
  const stored = await browser.storage.local.get(KEY);
  return stored[KEY] !== false;
}

/** Keeps what the person wants. */
export async function keepNotifications(on: boolean): Promise<null> {
  await browser.storage.local.set({ [KEY]: on });
  return null;
}

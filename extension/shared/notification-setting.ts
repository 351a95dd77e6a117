import { browser } from "./browser.ts";

const KEY = "notifications";

/** Whether a person wants to be told by the system when an upload ends; until they say otherwise, they do. */
export async function wantsNotifications(): Promise<boolean> {
  const { [KEY]: stored } = await browser.storage.local.get(KEY);
  return stored !== false;
}

/** Keeps what they want. */
export async function keepNotificationWish(wanted: boolean): Promise<void> {
  await browser.storage.local.set({ [KEY]: wanted });
}

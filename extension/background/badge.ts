import { browser } from "../shared/browser.ts";
import { uploadLockName } from "../shared/messages.ts";

/** The accent of `shared/style/tokens.css` in its light form: the badge has one colour for both. */
const COLOUR = "#00636b";

/** Shows how far the running upload is, on the toolbar button. */
export async function showPercent(percent: number): Promise<null> {
  await browser.action.setBadgeBackgroundColor({ color: COLOUR });
  await browser.action.setBadgeText({ text: `${percent}%` });
  return null;
}

/** Nothing runs any more. */
export async function clearBadge(): Promise<void> {
  await browser.action.setBadgeText({ text: "" });
}

/** A browser keeps a badge; the upload that it speaks of may have gone with the engine host, without a word. */
export async function clearStaleBadge(): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  if (!held.some(({ name }) => name?.startsWith(uploadLockName("")))) await clearBadge();
}

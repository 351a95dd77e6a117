/**
 * Access to the server of a resource that was chosen by the context menu: asked for at that moment, and given back as soon
 * as the resource is here. Which access is only lent is in `storage.session`, for a background that is stopped meanwhile.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";

const KEY = "lent";

/** Asks for access. Must be called straight out of a click, before anything is awaited. */
export async function borrowAccess(pattern: string): Promise<boolean> {
  const origins = [pattern];
  // Both at once: a browser asks only while the click counts, and refuses to where it thinks that there was none.
  const [had, allowed] = await Promise.all([
    browser.permissions.contains({ origins }),
    browser.permissions.request({ origins }).catch(() => false),
  ]);
  if (allowed && !had) await browser.storage.session.set({ [KEY]: [...(await lent()), pattern] });
  return had || allowed;
}

/** Gives back access that was only borrowed; what a profile or a site had before stays. */
export async function giveBackAccess(pattern: string): Promise<void> {
  const [before, after] = [await lent(), (await lent()).filter((one) => one !== pattern)];
  if (after.length === before.length) return;
  await browser.storage.session.set({ [KEY]: after });
  await browser.permissions.remove({ origins: [pattern] });
}

async function lent(): Promise<string[]> {
  const read = v.safeParse(v.array(v.string()), (await browser.storage.session.get(KEY))[KEY]);
  return read.success ? read.output : [];
}

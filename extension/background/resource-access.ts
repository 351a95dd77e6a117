/**
 * Access to the server of a resource that was chosen by the context menu: asked for at that moment, and needed until the
 * resource is here. Which access is only lent is in `storage.session`, for a background that is stopped meanwhile.
 */
import * as v from "valibot";
import { browser, mayReach, requestHosts } from "../shared/browser.ts";
import { makeTurns } from "../shared/in-turn.ts";
import { withdrawWish } from "./drop-sites.ts";

const KEY = "lent";

const inTurn = makeTurns();

/** Asks for access. Must be called straight out of a click, before anything is awaited; and `settleHosts` after it. */
export async function borrowAccess(pattern: string): Promise<boolean> {
  // An answer to this one is none to a question that the popup has left open.
  void withdrawWish(pattern);
  // Both at once: a browser asks only while the click counts, and refuses to where it thinks that there was none.
  const [had, allowed] = await Promise.all([mayReach([pattern]), requestHosts([pattern]).catch(() => false)]);
  await inTurn(async () => {
    const lent = await lentHosts();
    // What is there because of another resource is needed for this one too, and what a person granted for good is not lent.
    if (allowed && (!had || lent.includes(pattern)))
      await browser.storage.session.set({ [KEY]: [...lent, pattern] });
  });
  return had || allowed;
}

/** One resource needs it no more; call `settleHosts` after it. */
export function returnAccess(pattern: string): Promise<void> {
  return inTurn(async () => {
    const lent = await lentHosts();
    const place = lent.indexOf(pattern);
    if (place >= 0) await browser.storage.session.set({ [KEY]: lent.toSpliced(place, 1) });
  });
}

/** Match patterns of the hosts to which access is lent, once for each resource. */
export async function lentHosts(): Promise<string[]> {
  const read = v.safeParse(v.array(v.string()), (await browser.storage.session.get(KEY))[KEY]);
  return read.success ? read.output : [];
}

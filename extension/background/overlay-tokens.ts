/**
 * Which overlay frames our own content script has opened: each brings a random token that it has announced here before,
 * and that counts once, in its own tab. A page can frame the overlay too, but has no way to announce anything.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { makeTurns } from "../shared/in-turn.ts";

const KEY = "overlays";
/** Frames that never came for their token must not pile up. */
const KEPT_AT_MOST = 16;

const ExpectedSchema = v.array(v.strictObject({ token: v.string(), tabId: v.number() }));

const inTurn = makeTurns();

/** A frame with this token is about to ask. */
export function expectOverlay(token: string, tabId: number | undefined): Promise<null> {
  return inTurn(async () => {
    if (tabId === undefined) return null;
    const expected = [...(await stored()), { token, tabId }].slice(-KEPT_AT_MOST);
    await browser.storage.session.set({ [KEY]: expected });
    return null;
  });
}

/** Whether this frame was announced. The token is used up. */
export function claimOverlay(token: string, tabId: number | undefined): Promise<boolean> {
  return inTurn(async () => {
    const expected = await stored();
    const others = expected.filter((one) => one.token !== token);
    await browser.storage.session.set({ [KEY]: others });
    return expected.some((one) => one.token === token && one.tabId === tabId);
  });
}

async function stored(): Promise<v.InferOutput<typeof ExpectedSchema>> {
  const read = v.safeParse(ExpectedSchema, (await browser.storage.session.get(KEY))[KEY]);
  return read.success ? read.output : [];
}

/**
 * The sites on which a person wants the page drop zone. Each is a match pattern; it counts while the browser grants access
 * to it. The wish is stored before the browser asks: the popup that asks is closed by the question.
 */
import * as v from "valibot";
import { browser, mayReach, onHostsChanged } from "../shared/browser.ts";
import { makeTurns } from "../shared/in-turn.ts";
import { PAGE_DROP_SCRIPT } from "../shared/page-drop.ts";
import { patternFor } from "../shared/site-pattern.ts";

const KEY = "dropSites";
const SCRIPT_ID = "page-drop";

const inTurn = makeTurns();

/** Must be called while the background's script runs for the first time. */
export function watchDropSites(): void {
  onHostsChanged(() => void inTurn(register));
}

/** Match patterns of the sites that are enabled and granted. */
export async function dropSites(): Promise<string[]> {
  const sites = await wantedSites();
  const granted = await Promise.all(sites.map((site) => mayReach([site])));
  return sites.filter((_, index) => granted[index]);
}

/** Enables a site, given by any of its addresses, as soon as the browser grants access. */
export function enableSite(address: string): Promise<string[]> {
  return inTurn(async () => {
    const site = patternFor(address);
    if (site) await browser.storage.local.set({ [KEY]: [...new Set([...(await wantedSites()), site])] });
    return register();
  });
}

/** Takes a site out. */
export function removeSite(site: string): Promise<string[]> {
  return inTurn(async () => {
    const sites = await wantedSites();
    if (sites.includes(site)) await browser.storage.local.set({ [KEY]: sites.filter((one) => one !== site) });
    return register();
  });
}

/** Match patterns of the sites that are enabled, granted or not. */
export async function wantedSites(): Promise<string[]> {
  const read = v.safeParse(v.array(v.string()), (await browser.storage.local.get(KEY))[KEY]);
  return read.success ? read.output : [];
}

/** Makes the browser's registration agree with what is wanted and granted. */
async function register(): Promise<string[]> {
  const matches = await dropSites();
  const [registered] = await browser.scripting.getRegisteredContentScripts({ ids: [SCRIPT_ID] });
  const before = registered?.matches ?? [];
  if (matches.length === 0) {
    if (registered) await browser.scripting.unregisterContentScripts({ ids: [SCRIPT_ID] });
  } else {
    const script = { id: SCRIPT_ID, matches, js: [PAGE_DROP_SCRIPT], persistAcrossSessions: true };
    if (registered) await browser.scripting.updateContentScripts([script]);
    else await browser.scripting.registerContentScripts([script]);
  }
  await bringTo(matches.filter((site) => !before.includes(site)));
  return matches;
}

/** Pages that are open already get it too. */
async function bringTo(sites: string[]): Promise<void> {
  if (sites.length === 0) return;
  for (const { id } of await browser.tabs.query({ url: sites })) {
    if (id === undefined) continue;
    await browser.scripting
      .executeScript({ target: { tabId: id }, files: [PAGE_DROP_SCRIPT] })
      // A page that shows an error, for example.
      .catch(() => undefined);
  }
}

/**
 * The sites on which a person wants the page drop zone. Each is a match pattern; it counts while the browser grants access
 * to it, and a person who takes the access away takes the site out. The wish is stored before the browser asks, because the
 * popup that asks is closed by the question: it becomes a site if access comes soon, and no later access counts for it.
 */
import * as v from "valibot";
import { browser, mayReach, onHostsChanged } from "../shared/browser.ts";
import { makeTurns } from "../shared/in-turn.ts";
import { DROP_SITES_KEY, PAGE_DROP_SCRIPT } from "../shared/page-drop.ts";
import { patternFor } from "../shared/site-pattern.ts";

const SCRIPT_ID = "page-drop";
/** The site that a person is being asked about, in `storage.session`. */
const ASKED = "dropSiteAsked";
const AskedSchema = v.strictObject({ site: v.string(), time: v.number() });
/** For so long the browser's question may stay open, in milliseconds. */
const ANSWER_LIMIT = 120_000;

const inTurn = makeTurns();

/** Must be called while the background's script runs for the first time. */
export function watchDropSites(): void {
  onHostsChanged(() => void inTurn(takeAnswer));
}

/** Match patterns of the sites that are enabled and granted. */
export async function dropSites(): Promise<string[]> {
  return granted(await keptSites());
}

/** Enables a site, given by any of its addresses, if the browser grants access soon. */
export function enableSite(address: string): Promise<string[]> {
  return inTurn(async () => {
    const site = patternFor(address);
    if (site) await browser.storage.session.set({ [ASKED]: { site, time: Date.now() } });
    return takeAnswer();
  });
}

/** Access to the site that comes from now on is no answer to what a person was asked about it before. */
export function withdrawWish(site: string): Promise<void> {
  return inTurn(() => withdraw(site));
}

/** Takes a site out. */
export function removeSite(site: string): Promise<string[]> {
  return inTurn(async () => {
    await withdraw(site);
    await keep((await keptSites()).filter((one) => one !== site));
    return register();
  });
}

/** Match patterns of the sites that are enabled, and of the one that a person is being asked about. */
export async function wantedSites(): Promise<string[]> {
  const asked = await askedSite();
  return [...new Set([...(await keptSites()), ...(asked ? [asked] : [])])];
}

async function withdraw(site: string): Promise<void> {
  if ((await askedSite()) === site) await browser.storage.session.remove(ASKED);
}

async function keptSites(): Promise<string[]> {
  const read = v.safeParse(
    v.array(v.string()),
    (await browser.storage.local.get(DROP_SITES_KEY))[DROP_SITES_KEY],
  );
  return read.success ? read.output : [];
}

function keep(sites: string[]): Promise<void> {
  return browser.storage.local.set({ [DROP_SITES_KEY]: sites });
}

async function askedSite(): Promise<string | undefined> {
  const read = v.safeParse(AskedSchema, (await browser.storage.session.get(ASKED))[ASKED]);
  return read.success && Date.now() - read.output.time < ANSWER_LIMIT ? read.output.site : undefined;
}

async function granted(sites: string[]): Promise<string[]> {
  const may = await Promise.all(sites.map((site) => mayReach([site])));
  return sites.filter((_, index) => may[index]);
}

/** Which sites there are, after a person has been asked or has changed what the extension may reach. */
async function takeAnswer(): Promise<string[]> {
  const asked = await askedSite();
  const sites = await granted(await wantedSites());
  if (asked !== undefined && sites.includes(asked)) await browser.storage.session.remove(ASKED);
  await keep(sites);
  return register();
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
  await stopIn(before.filter((site) => !matches.includes(site)));
  return matches;
}

/** Pages that are open already get it too. */
function bringTo(sites: string[]): Promise<void> {
  return inOpenTabs(sites, (target) =>
    browser.scripting.executeScript({ target, files: [PAGE_DROP_SCRIPT] }),
  );
}

/**
 * Pages that are open lose it too, as long as there is access, which is given back only after this. Where a person has taken
 * it away in the browser's settings nothing can be run there: the page keeps it until it is loaded anew.
 */
function stopIn(sites: string[]): Promise<void> {
  return inOpenTabs(sites, (target) =>
    browser.scripting.executeScript({ target, func: () => globalThis.dropZone?.stop() }),
  );
}

async function inOpenTabs(
  sites: string[],
  run: (target: { tabId: number }) => Promise<unknown>,
): Promise<void> {
  if (sites.length === 0) return;
  for (const { id } of await browser.tabs.query({ url: sites })) {
    // A page that shows an error, for example.
    if (id !== undefined) await run({ tabId: id }).catch(() => undefined);
  }
}

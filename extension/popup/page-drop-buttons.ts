import { askBackground } from "../shared/background-client.ts";
import { browser, requestHosts } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { mayHavePageDrop, togglePageDrop } from "../shared/page-drop.ts";
import { patternFor } from "../shared/site-pattern.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Connects the buttons of the page drop zone with the tab over which the popup is open. `say` tells what came of it. */
export async function connectPageDrop(say: (sentence: string) => void): Promise<void> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  const { id, url = "" } = tab ?? {};
  // The address is known only where the press of the toolbar button, or the person, has given access.
  const site = patternFor(url);
  byId("page-drop", HTMLElement).hidden = id === undefined || !mayHavePageDrop(url);
  byId("page-drop-tab", HTMLButtonElement).addEventListener("click", async () => {
    if (id === undefined) return;
    const on = await togglePageDrop(id).catch(() => undefined);
    if (on) window.close();
    else say(text(on === undefined ? "pageDropNot" : "pageDropOff"));
  });
  if (site) await connectSite(site, new URL(url).hostname);
}

async function connectSite(site: string, host: string): Promise<void> {
  const button = byId("page-drop-site", HTMLButtonElement);
  const reply = await askBackground("dropSites.get", {});
  let isOn = reply.ok && reply.value.includes(site);
  const show = (sites: string[]): void => {
    isOn = sites.includes(site);
    button.textContent = text(isOn ? "pageDropNoSite" : "pageDropSite", visibleText(host));
    button.hidden = false;
  };
  show(reply.ok ? reply.value : []);
  button.addEventListener("click", async () => {
    if (isOn) {
      const removed = await askBackground("dropSites.remove", { site });
      if (removed.ok) show(removed.value);
      return;
    }
    // The question closes this popup: the background must know the wish before, and hears of the answer by itself.
    void askBackground("dropSites.enable", { address: site });
    if (!(await requestHosts([site]))) {
      void askBackground("dropSites.remove", { site });
      return;
    }
    const enabled = await askBackground("dropSites.get", {});
    if (enabled.ok) show(enabled.value);
  });
}

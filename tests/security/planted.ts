/** Puts what looks like keys where keys must not be: a search that does not find it there proves nothing. */
import { randomBytes } from "node:crypto";
import type { Page } from "puppeteer-core";

/** Secrets that nothing else in the world looks like. */
export const planted = {
  plantedKey: `key-${randomBytes(20).toString("hex")}`,
  plantedToken: `token-${randomBytes(20).toString("hex")}`,
  /** In one large value of IndexedDB. */
  plantedLarge: `large-${randomBytes(20).toString("hex")}`,
};

/** Plants them in all stores of the extension that reach the disk, from a page of it. */
export async function plantKeys(page: Page): Promise<void> {
  await page.evaluate(async ({ plantedKey, plantedToken, plantedLarge }) => {
    const piecesOf = (text: string) => text.match(/.{1,5}/g)?.join(" ");
    const keys = {
      // Pieces of the key before it, and two bytes for each character of the token, as in a text that was typed: packers tear
      // both to pieces, so that they are found only by who unpacks them.
      pieces: piecesOf(plantedKey),
      secretAccessKey: plantedKey,
      sessionToken: `${plantedToken}\u20ac`,
    };
    await chrome.storage.local.set({ planted: keys });
    // Chromium packs what it has noted once it is some megabytes.
    for (const one of "abc") await chrome.storage.local.set({ more: one.repeat(2_500_000) });
    await chrome.storage.local.remove("more");
    const cache = await caches.open("planted");
    await cache.put("https://planted.example/", new Response(JSON.stringify(keys)));
    const opening = indexedDB.open("planted");
    opening.onupgradeneeded = () => {
      const store = opening.result.createObjectStore("planted");
      store.put(keys, "small");
      // A large value is kept in another way.
      const large = `${"x".repeat(300_000)} ${piecesOf(plantedLarge)} ${plantedLarge}`;
      store.put(large, "large");
      for (let at = 0; at < 120; at += 1) store.put("x".repeat(50_000), at);
    };
    await new Promise((resolve, reject) => {
      opening.onsuccess = resolve;
      opening.onerror = reject;
    });
    opening.result.close();
  }, planted);
}

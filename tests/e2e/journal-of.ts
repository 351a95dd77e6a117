/** What a browser has kept of uploads. */
import type { Page } from "puppeteer-core";

/** Everything in the journal, as text. */
export async function journalOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const all: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name ?? "");
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      for (const store of database.objectStoreNames) {
        for (const read of ["getAllKeys", "getAll"] as const) {
          const reading = database.transaction(store).objectStore(store)[read]();
          await new Promise((resolve) => {
            reading.onsuccess = resolve;
          });
          all.push([store, reading.result]);
        }
      }
      database.close();
    }
    return JSON.stringify(all, (_key, value) => (typeof value === "bigint" ? `${value}` : value));
  });
}

/**
 * The uploads that ended last, in this browser's IndexedDB and nowhere else. It is a convenience: where there is no
 * database, or it fails, there is no history, and everything else works.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { HistoryEntry } from "./history-entry.ts";

const NAME = "history";
/** More than this nobody looks through. */
const ENTRIES_AT_MOST = 200;
/** In milliseconds: 90 days. */
const KEPT_FOR = 90 * 24 * 60 * 60 * 1000;
/** Name of the BroadcastChannel that tells pages to look again. */
const CHANGES_CHANNEL = "history";

interface Schema extends DBSchema {
  uploads: { key: string; value: HistoryEntry; indexes: { endedAt: number } };
}
type Database = IDBPDatabase<Schema>;

/** Keeps an upload that has ended, in the place of what is known of it; drops what is too old or too much. */
export async function noteHistory(entry: HistoryEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  await changed(async (database) => {
    const { store } = database.transaction("uploads", "readwrite");
    await store.put(entry);
    const keys = await store.index("endedAt").getAllKeys();
    const old = await store.index("endedAt").getAllKeys(IDBKeyRange.upperBound(entry.endedAt - KEPT_FOR));
    const dropped = new Set([...old, ...keys.slice(0, Math.max(0, keys.length - ENTRIES_AT_MOST))]);
    for (const key of dropped) await store.delete(key);
  });
}

/** The latest first, at most so many; `[]` where there is no history. */
export async function listHistory(count: number = ENTRIES_AT_MOST): Promise<HistoryEntry[]> {
  const oldest = Date.now() - KEPT_FOR;
  const entries = await attempt(async (database) => {
    const found: HistoryEntry[] = [];
    const index = database.transaction("uploads").store.index("endedAt");
    let cursor = await index.openCursor(IDBKeyRange.lowerBound(oldest, true), "prev");
    for (; cursor !== null && found.length < count; cursor = await cursor.continue())
      found.push(cursor.value);
    return found;
  });
  return entries ?? [];
}

/** Forgets one of them. */
export async function forgetHistory(uploadId: string): Promise<void> {
  await changed((database) => database.delete("uploads", uploadId));
}

/** Forgets all of them. */
export async function clearHistory(): Promise<void> {
  await changed((database) => database.clear("uploads"));
}

/** Calls the listener whenever the history is another one, also by other pages. */
export function onHistory(listener: () => void): void {
  new BroadcastChannel(CHANGES_CHANNEL).addEventListener("message", listener);
}

async function changed(work: (database: Database) => Promise<unknown>): Promise<void> {
  await attempt(work);
  const channel = new BroadcastChannel(CHANGES_CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** @returns `undefined` where there is no database, or it fails */
async function attempt<T>(work: (database: Database) => Promise<T>): Promise<T | undefined> {
  let database: Database | undefined;
  try {
    database = await openDB<Schema>(NAME, 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore("uploads", { keyPath: "uploadId" }).createIndex("endedAt", "endedAt");
      },
    });
    return await work(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

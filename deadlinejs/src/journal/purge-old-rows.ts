import type { JournalDatabase } from "./journal-database.ts";

/** How long rows are kept, in milliseconds: the 30 days for which the engine believes them. */
const KEPT = 30 * 24 * 60 * 60 * 1_000;
/** Rows that are deleted together: the journal's reads wait for so many at most. */
const BATCH = 250;
/** At most so many batches for each object store and opening. */
const MOST_BATCHES = 40;

/**
 * Deletes hashes and seen contents that were written down more than 30 days ago, the oldest first, at most
 * 10,000 of each; the next opening goes on. Ends early, without an error, where the database fails or is
 * closed.
 *
 * @param now milliseconds since 1970
 */
export async function purgeOldRows(database: JournalDatabase, now: number): Promise<void> {
  for (const name of ["hashes", "seen"] as const) {
    try {
      let from: number | undefined = Number.NEGATIVE_INFINITY;
      for (let batches = 0; batches < MOST_BATCHES && from !== undefined; batches += 1) {
        from = await purgeBatch(database, name, from, now - KEPT);
      }
    } catch {
      // What is left is purged another time.
    }
  }
}

/**
 * Deletes a batch of what was written in a span of time.
 *
 * @returns where the next batch begins; `undefined` when there is no more. Without it Chromium would walk
 *   over all that was deleted before, at every batch: more than three times as long for 20,000 rows.
 */
async function purgeBatch(
  database: JournalDatabase,
  name: "hashes" | "seen",
  from: number,
  before: number,
): Promise<number | undefined> {
  const transaction = database.transaction(name, "readwrite", { durability: "relaxed" });
  const { store } = transaction;
  const deleting = async () => {
    const old = IDBKeyRange.bound(from, before, false, true);
    const keys = await store.index("at").getAllKeys(old, BATCH);
    const last = keys.length === BATCH ? keys.at(-1) : undefined;
    const [row] = await Promise.all([last && store.get(last), ...keys.map((key) => store.delete(key))]);
    return row?.at;
  };
  const [next] = await Promise.all([deleting(), transaction.done]);
  return next;
}

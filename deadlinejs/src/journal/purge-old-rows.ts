import type { JournalDatabase } from "./journal-database.ts";

/** How long rows are kept, in milliseconds: the 30 days for which the engine believes them. */
const KEPT = 30 * 24 * 60 * 60 * 1_000;
/** Rows that are deleted together: the journal's reads wait for so many at most. */
const BATCH = 1_000;
/** At most so many batches for each object store and opening. */
const MOST_BATCHES = 50;

/**
 * Deletes hashes and seen contents that were written down more than 30 days ago, the oldest first, at most
 * 50,000 of each; the next opening goes on. Ends early, without an error, where the database fails or is
 * closed.
 *
 * @param now milliseconds since 1970
 */
export async function purgeOldRows(database: JournalDatabase, now: number): Promise<void> {
  for (const name of ["hashes", "seen"] as const) {
    try {
      let batches = 0;
      while (batches < MOST_BATCHES && (await purgeBatch(database, name, now - KEPT)) === BATCH) batches += 1;
    } catch {
      // What is left is purged another time.
    }
  }
}

/** @returns how many rows were deleted */
async function purgeBatch(database: JournalDatabase, name: "hashes" | "seen", before: number) {
  const transaction = database.transaction(name, "readwrite", { durability: "relaxed" });
  const deleting = async () => {
    const old = IDBKeyRange.upperBound(before, true);
    const keys = await transaction.store.index("at").getAllKeys(old, BATCH);
    await Promise.all(keys.map((key) => transaction.store.delete(key)));
    return keys.length;
  };
  const [count] = await Promise.all([deleting(), transaction.done]);
  return count;
}

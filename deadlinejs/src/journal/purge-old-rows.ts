import type { JournalDatabase } from "./journal-database.ts";

/**
 * How long rows are kept, in milliseconds: the 30 days for which the engine believes what a store was seen to
 * hold. An upload in parts that old is of no use either: many buckets have a lifecycle rule that gives it up
 * after some days, and the engine does so after 7 with those that it finds open. And nobody wants to be offered
 * an upload that was not taken up for a month.
 */
const KEPT = 30 * 24 * 60 * 60 * 1_000;
/** Rows that are deleted together: the journal's reads wait for so many at most. */
const BATCH = 250;
/** What grows old; what is known of servers is a row for each. */
const OLD = ["hashes", "seen", "uploads", "parts", "unfinished"] as const;
/** At most so many batches for each object store and opening. */
const MOST_BATCHES = 40;

/**
 * Deletes what was written down more than 30 days ago, the oldest first, at most 10,000 rows of each kind; the
 * next opening goes on. Ends early, without an error, where the database fails or is closed.
 *
 * @param now milliseconds since 1970
 */
export async function purgeOldRows(database: JournalDatabase, now: number): Promise<void> {
  for (const name of OLD) {
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
  name: (typeof OLD)[number],
  from: number,
  before: number,
): Promise<number | undefined> {
  const transaction = database.transaction(name, "readwrite", { durability: "relaxed" });
  const { store } = transaction;
  const deleting = async () => {
    const old = IDBKeyRange.bound(from, before, false, true);
    const keys = await store.index("at").getAllKeys(old, BATCH);
    const last = keys.length === BATCH ? keys.at(-1) : undefined;
    const [row] = await Promise.all([
      last === undefined ? undefined : store.get(last),
      ...keys.map((key) => store.delete(key)),
    ]);
    return row && ("startedAt" in row ? row.startedAt : row.at);
  };
  const [next] = await Promise.all([deleting(), transaction.done]);
  return next;
}

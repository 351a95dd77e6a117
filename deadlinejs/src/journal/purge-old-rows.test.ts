import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test } from "vitest";
import { type JournalDatabase, openDatabase } from "./journal-database.ts";
import { purgeOldRows } from "./purge-old-rows.ts";

const DAY = 24 * 60 * 60 * 1_000;
const NOW = Date.UTC(2026, 4, 1);

let database: JournalDatabase;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  const opened = await openDatabase();
  if (opened === undefined) throw new Error("The database could not be opened.");
  database = opened;
});

test("rows of more than 30 days are deleted, and no others", async () => {
  const hashes = { size: 1n, modified: 1n, hashes: [] };
  await database.put("seen", { at: NOW - 30 * DAY - 1 }, ["store", "old"]);
  await database.put("seen", { at: NOW - 30 * DAY }, ["store", "young"]);
  await database.put("hashes", { ...hashes, at: NOW - 30 * DAY - 1 }, ["root", "old"]);
  await database.put("hashes", { ...hashes, at: NOW }, ["root", "young"]);
  for (const [name, at] of [
    ["old", NOW - 30 * DAY - 1],
    ["young", NOW - 30 * DAY],
  ] as const) {
    await database.put("uploads", { uploadId: "u", partSize: 1n, at }, ["store", name]);
    await database.put("parts", { number: 1, etag: '"1"', hash: "h", at }, ["store", name, "u", 1]);
    const upload = { uploadId: name, label: "tower", profileName: "studio", roots: [] };
    await database.put("unfinished", { ...upload, startedAt: at }, name);
  }
  await database.put("servers", { checksums: "verified", at: NOW - 31 * DAY }, "store");
  await purgeOldRows(database, NOW);
  expect(await database.getAllKeys("seen")).toEqual([["store", "young"]]);
  expect(await database.getAllKeys("hashes")).toEqual([["root", "young"]]);
  expect(await database.getAllKeys("uploads")).toEqual([["store", "young"]]);
  expect(await database.getAllKeys("parts")).toEqual([["store", "young", "u", 1]]);
  expect(await database.getAllKeys("unfinished")).toEqual(["young"]);
  expect(await database.getAllKeys("servers")).toEqual(["store"]);
});

test("an opening purges 10,000 rows at most, the oldest first, and the next one goes on", async () => {
  await fill(10_002);
  await purgeOldRows(database, NOW);
  expect(await database.getAllKeys("seen")).toEqual([
    ["store", "00000"],
    ["store", "00001"],
  ]);
  await purgeOldRows(database, NOW);
  expect(await database.count("seen")).toBe(0);
});

test("more unfinished uploads than a batch are deleted all the same", async () => {
  const transaction = database.transaction("unfinished", "readwrite");
  for (let row = 0; row < 300; row += 1) {
    const upload = { uploadId: `${row}`, label: "tower", profileName: "studio", roots: [] };
    void transaction.store.put({ ...upload, startedAt: NOW - 31 * DAY - row }, `${row}`);
  }
  await transaction.done;
  await purgeOldRows(database, NOW);
  expect(await database.count("unfinished")).toBe(0);
});

test("a database that is closed meanwhile is no error", async () => {
  await fill(501);
  const purging = purgeOldRows(database, NOW);
  database.close();
  await purging;
});

/** The row with the lowest key is the youngest. */
async function fill(count: number) {
  const transaction = database.transaction("seen", "readwrite");
  for (let row = 0; row < count; row += 1) {
    void transaction.store.put({ at: NOW - 31 * DAY - row }, ["store", String(row).padStart(5, "0")]);
  }
  await transaction.done;
}

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clearJournal } from "./clear-journal.ts";
import { openJournal } from "./journal.ts";
import { openDatabase } from "./journal-database.ts";
import { noteUnfinished } from "./unfinished-uploads.ts";

const hash = "0123456789abcdef0123456789abcdef";

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("nothing is left of any store or root, and what runs goes on", async () => {
  const journal = await openJournal({ store: "store", root: "root" });
  await journal?.remember([
    { type: "hashed", path: "a", size: 1n, modified: 1n, hashes: [hash] },
    { type: "seen", hash },
    { type: "upload-opened", hash, uploadId: "id", partSize: 1n },
    { type: "part-stored", hash, part: { number: 1, etag: '"1"', hash } },
    { type: "server", checksums: "verified" },
  ]);
  await noteUnfinished({ uploadId: "1", label: "tower", profileName: "studio", startedAt: 1, roots: [] });
  expect(await counts()).toEqual([1, 1, 1, 1, 1, 1]);
  await clearJournal();
  expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
  await journal?.remember([{ type: "seen", hash }]);
  expect((await journal?.lookUp([hash]))?.[0]?.seen).toBeDefined();
});

test("where there is no database there is nothing to clear", async () => {
  vi.stubGlobal("indexedDB", undefined);
  await clearJournal();
});

test("a database that refuses is told of", async () => {
  vi.spyOn(IDBObjectStore.prototype, "clear").mockImplementation(() => {
    throw new DOMException("damaged", "UnknownError");
  });
  await expect(clearJournal()).rejects.toMatchObject({ code: "journal-not-cleared" });
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("not here", "SecurityError");
  });
  await expect(clearJournal()).rejects.toMatchObject({ code: "journal-not-cleared" });
});

async function counts() {
  const database = await openDatabase();
  const names = Array.from(database?.objectStoreNames ?? []);
  const counted = await Promise.all(names.map((name) => database?.count(name)));
  database?.close();
  return counted;
}

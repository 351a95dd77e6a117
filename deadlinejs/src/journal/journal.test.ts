import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Journal, openJournal } from "./journal.ts";
import { DATABASE_NAME, openDatabase } from "./journal-database.ts";
import type { JournalRecord } from "./journal-types.ts";
import { noteUnfinished } from "./unfinished-uploads.ts";

const DAY = 24 * 60 * 60 * 1_000;
const NOW = Date.UTC(2026, 4, 1, 12);
const place = {
  store: "https://s3.eu-west-1.amazonaws.com farm-bucket DeadlineCloud",
  root: "/shows studio",
};
const hash = hashOf(1);
const file = { path: "tower/tex/wall.exr", size: 2n ** 53n + 1n, modified: 1_700_000_000_123n };
const hashed: JournalRecord = { type: "hashed", ...file, hashes: [hash, hashOf(2)] };
const opened: JournalRecord = { type: "upload-opened", hash, uploadId: "first", partSize: 8_388_608n };

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  // The database's own timers must run.
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("hashes of files", () => {
  it("are found again, in the order asked for, after the journal was closed", async () => {
    const before = await open();
    await before.remember([hashed, { ...hashed, path: "tower/tex/roof.exr", hashes: [hashOf(3)] }]);
    before.close();
    const journal = await open();
    const known = await journal.knownHashes([
      { ...file, path: "tower/tex/roof.exr" },
      { ...file, path: "tower/tex/door.exr" },
      file,
    ]);
    expect(known).toEqual([[hashOf(3)], [], [hash, hashOf(2)]]);
  });

  it("are not known of a file of another size, time or root", async () => {
    const journal = await open();
    await journal.remember([hashed]);
    expect(await journal.knownHashes([{ ...file, size: 2n ** 53n }])).toEqual([[]]);
    expect(await journal.knownHashes([{ ...file, modified: file.modified + 1n }])).toEqual([[]]);
    const elsewhere = await open({ ...place, root: "/shows other" });
    expect(await elsewhere.knownHashes([file])).toEqual([[]]);
  });

  it("do not depend on the store", async () => {
    await (await open()).remember([hashed]);
    const journal = await open({ ...place, store: "https://s3.eu-west-1.amazonaws.com other-bucket" });
    expect(await journal.knownHashes([file])).toEqual([[hash, hashOf(2)]]);
  });

  it("of a file that changed take the place of the old ones", async () => {
    const journal = await open();
    const changed = { ...file, modified: file.modified + 1n };
    await journal.remember([hashed, { type: "hashed", ...changed, hashes: [hashOf(9)] }]);
    expect(await journal.knownHashes([file, changed])).toEqual([[], [hashOf(9)]]);
    expect(await rowsOf("hashes")).toHaveLength(1);
  });
});

describe("contents", () => {
  it("have one entry for each that was asked for, known or not", async () => {
    const journal = await open();
    await journal.remember([{ type: "seen", hash }]);
    expect(await journal.lookUp([hashOf(7), hash, hashOf(7)])).toEqual([
      { hash: hashOf(7) },
      { hash, seen: BigInt(NOW) },
      { hash: hashOf(7) },
    ]);
  });

  it("that are gone are struck out, and no others", async () => {
    const journal = await open();
    await journal.remember([
      { type: "seen", hash },
      { type: "seen", hash: hashOf(2) },
      { type: "gone", hash },
    ]);
    expect(await journal.lookUp([hash, hashOf(2)])).toEqual([
      { hash },
      { hash: hashOf(2), seen: BigInt(NOW) },
    ]);
  });

  it("are known of their own store only", async () => {
    await (await open()).remember([{ type: "seen", hash }, opened]);
    const journal = await open({ ...place, store: `${place.store}-too` });
    expect(await journal.lookUp([hash])).toEqual([{ hash }]);
  });
});

describe("multipart uploads", () => {
  it("are found again with all their parts", async () => {
    const before = await open();
    await before.remember([opened]);
    await before.remember([partStored(1), partStored(10_000)]);
    await before.remember([partStored(2)]);
    before.close();
    const [entry] = await (await open()).lookUp([hash]);
    expect(entry).toEqual({
      hash,
      upload: {
        uploadId: "first",
        partSize: 8_388_608n,
        parts: [partStored(1).part, partStored(2).part, partStored(10_000).part],
      },
    });
  });

  it("that an earlier run began take parts of this one", async () => {
    await (await open()).remember([opened, partStored(1)]);
    const journal = await open();
    await journal.lookUp([hash]);
    await journal.remember([partStored(2)]);
    const [entry] = await journal.lookUp([hash]);
    expect(entry?.upload?.parts.map((part) => part.number)).toEqual([1, 2]);
  });

  it("that are begun anew have none of the old parts", async () => {
    const journal = await open();
    await journal.remember([opened, partStored(1), { ...opened, uploadId: "second" }, partStored(2)]);
    const [entry] = await journal.lookUp([hash]);
    expect(entry?.upload).toMatchObject({ uploadId: "second", parts: [{ number: 2 }] });
  });

  it("of two runs at once do not mix their parts", async () => {
    const one = await open();
    const other = await open();
    await one.remember([opened]);
    await other.remember([{ ...opened, uploadId: "second" }]);
    await one.remember([partStored(1)]);
    await other.remember([partStored(2)]);
    const [entry] = await (await open()).lookUp([hash]);
    expect(entry?.upload).toMatchObject({ uploadId: "second", parts: [{ number: 2 }] });
  });

  it("leave nothing behind when they are closed, and let others be", async () => {
    const journal = await open();
    const other = hashOf(2);
    await journal.remember([opened, partStored(1), { ...opened, hash: other }]);
    await journal.remember([
      { ...partStored(1), hash: other },
      { type: "upload-closed", hash },
    ]);
    expect(await journal.lookUp([hash])).toEqual([{ hash }]);
    expect((await rowsOf("uploads")).map(([key]) => key)).toEqual([[place.store, other]]);
    expect((await rowsOf("parts")).map(([key]) => key)).toEqual([[place.store, other, "first", 1]]);
  });

  it("that were never opened here have no parts", async () => {
    await (await open()).remember([partStored(1)]);
    expect(await rowsOf("parts")).toEqual([]);
  });
});

describe("what a server does with checksums", () => {
  it("is known for 7 days, of that store", async () => {
    const journal = await open();
    expect(await journal.checksums()).toBeUndefined();
    await journal.remember([{ type: "server", checksums: "ignored" }]);
    vi.setSystemTime(NOW + 7 * DAY - 1);
    expect(await journal.checksums()).toBe("ignored");
    expect(await (await open({ ...place, store: "other" })).checksums()).toBeUndefined();
    vi.setSystemTime(NOW + 7 * DAY);
    expect(await journal.checksums()).toBeUndefined();
  });

  it("is not believed when it was written in the future", async () => {
    const journal = await open();
    await journal.remember([{ type: "server", checksums: "verified" }]);
    vi.setSystemTime(NOW - 1);
    expect(await journal.checksums()).toBeUndefined();
  });
});

describe("how fast an upload was", () => {
  it("is known of that store, and says nothing of checksums", async () => {
    const journal = await open();
    expect(await journal.speed()).toBeUndefined();
    await journal.remember([{ type: "speed", speed: 7n }]);
    expect([await journal.speed(), await journal.checksums()]).toEqual([7n, undefined]);
    await journal.remember([{ type: "server", checksums: "verified" }]);
    await journal.remember([{ type: "speed", speed: 8n }]);
    expect([await journal.speed(), await journal.checksums()]).toEqual([8n, "verified"]);
    expect(await (await open({ ...place, store: "other" })).speed()).toBeUndefined();
  });
});

describe("256 at once", () => {
  const files = Array.from({ length: 256 }, (_, index) => ({ ...file, path: `tower/${index}.exr` }));
  const hashes = files.map((_, index) => hashOf(index));

  it("take one transaction for each call", async () => {
    const journal = await open();
    await purged();
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
    await journal.remember(
      files.map((each, index) => ({ type: "hashed", ...each, hashes: [hashOf(index)] })),
    );
    await journal.remember(hashes.map((each) => ({ type: "seen", hash: each })));
    expect(await journal.knownHashes(files)).toEqual(hashes.map((each) => [each]));
    expect(await journal.lookUp(hashes)).toEqual(hashes.map((each) => ({ hash: each, seen: BigInt(NOW) })));
    expect(transaction).toHaveBeenCalledTimes(4);
  });

  it("lock no more than what they write", async () => {
    const journal = await open();
    await purged();
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
    await journal.remember([{ type: "seen", hash }, partStored(1), { type: "seen", hash: hashOf(2) }]);
    expect(transaction).toHaveBeenCalledExactlyOnceWith(["seen", "parts"], "readwrite", {
      durability: "relaxed",
    });
  });
});

describe("a database that fails", () => {
  it("is no journal where there is none", async () => {
    vi.stubGlobal("indexedDB", undefined);
    expect(await openJournal(place)).toBeUndefined();
    vi.unstubAllGlobals();
  });

  it("is no journal where it refuses", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("not in private windows", "SecurityError");
    });
    expect(await openJournal(place)).toBeUndefined();
  });

  it("is no journal where a newer version of it exists", async () => {
    await new Promise((resolve) => {
      indexedDB.open(DATABASE_NAME, 99).onsuccess = resolve;
    });
    expect(await openJournal(place)).toBeUndefined();
  });

  it("answers as if empty when the disk is full, and goes on once it is not", async () => {
    const journal = await open();
    await journal.remember([hashed, { type: "seen", hash }]);
    const put = failing("put");
    await journal.remember([
      { type: "gone", hash },
      { type: "seen", hash: hashOf(2) },
    ]);
    put.mockRestore();
    expect(await journal.lookUp([hash, hashOf(2)])).toEqual([
      { hash, seen: BigInt(NOW) },
      { hash: hashOf(2) },
    ]);
    await journal.remember([{ type: "seen", hash: hashOf(2) }]);
    expect(await journal.lookUp([hashOf(2)])).toEqual([{ hash: hashOf(2), seen: BigInt(NOW) }]);
  });

  it("answers as if empty when it cannot be read", async () => {
    const journal = await open();
    await journal.remember([hashed, { type: "seen", hash }, { type: "server", checksums: "verified" }]);
    failing("get");
    await expectEmpty(journal);
  });

  it("answers as if empty once it is closed", async () => {
    const journal = await open();
    await journal.remember([hashed, { type: "seen", hash }, { type: "server", checksums: "verified" }]);
    journal.close();
    await journal.remember([{ type: "seen", hash }]);
    await expectEmpty(journal);
  });

  it("does not stand in the way of who wants to delete it", async () => {
    const journal = await open();
    await journal.remember([{ type: "seen", hash }]);
    await new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(DATABASE_NAME);
      deleting.onsuccess = resolve;
      deleting.onblocked = reject;
    });
    await expectEmpty(journal);
  });

  /** As a browser does it: the request is taken, and then the transaction comes to nothing. */
  function failing(method: "get" | "put") {
    const original = IDBObjectStore.prototype[method];
    const failed = new WeakSet<IDBTransaction>();
    return vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...rest: unknown[]
    ) {
      const { transaction } = this;
      if (!failed.has(transaction)) queueMicrotask(() => transaction.abort());
      failed.add(transaction);
      return Reflect.apply(original, this, rest);
    });
  }

  async function expectEmpty(journal: Journal) {
    expect(await journal.knownHashes([file, file])).toEqual([[], []]);
    expect(await journal.lookUp([hash])).toEqual([{ hash }]);
    expect(await journal.checksums()).toBeUndefined();
  }
});

it("purges old rows when it is opened", async () => {
  const before = await open();
  await before.remember([hashed, { type: "seen", hash }, opened, partStored(1)]);
  before.close();
  await noteUnfinished({ uploadId: "1", label: "tower", profileName: "studio", startedAt: NOW, roots: [] });
  vi.setSystemTime(NOW + 31 * DAY);
  await open();
  await vi.waitFor(async () => {
    const { servers: _, ...rows } = await everything();
    expect(rows).toEqual({ hashes: [], seen: [], uploads: [], parts: [], unfinished: [] });
  });
});

it("holds nothing after a run of records but what they are made of", async () => {
  const journal = await open();
  // What a careless caller might leave in an object that it passes on.
  const secret = { secretAccessKey: "SECRET", url: "https://s3/?X-Amz-Signature=SECRET", bytes: "SECRET" };
  await journal.remember([
    { ...hashed, ...secret },
    { type: "seen", hash, ...secret },
    { type: "server", checksums: "verified", ...secret },
    { ...opened, ...secret },
    { type: "part-stored", hash, part: { ...partStored(1).part, ...secret }, ...secret },
  ]);
  const { store, root } = place;
  const { path, size, modified } = file;
  expect(await everything()).toEqual({
    hashes: [[[root, path], { size, modified, hashes: [hash, hashOf(2)], at: NOW }]],
    seen: [[[store, hash], { at: NOW }]],
    uploads: [[[store, hash], { uploadId: "first", partSize: 8_388_608n, at: NOW }]],
    parts: [[[store, hash, "first", 1], { ...partStored(1).part, at: NOW }]],
    servers: [[store, { checksums: "verified", at: NOW }]],
    unfinished: [],
  });
});

async function open(where = place): Promise<Journal> {
  const journal = await openJournal(where);
  if (journal === undefined) throw new Error("The journal could not be opened.");
  return journal;
}

/** Waits until what goes on in the background after opening is done. */
async function purged() {
  for (let transactions = 0; transactions < 8; transactions += 1) await rowsOf("seen");
}

async function rowsOf(name: "hashes" | "seen" | "uploads" | "parts" | "servers" | "unfinished") {
  const database = await openDatabase();
  if (database === undefined) throw new Error("The database could not be opened.");
  const [keys, values] = await Promise.all([database.getAllKeys(name), database.getAll(name)]);
  database.close();
  return keys.map((key, index) => [key, values[index]] as const);
}

async function everything() {
  const database = await openDatabase();
  const names = Array.from(database?.objectStoreNames ?? []);
  database?.close();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await rowsOf(name)])));
}

function partStored(number: number) {
  const part = { number, etag: `"${number}"`, hash: hashOf(100 + number) };
  return { type: "part-stored", hash, part } as const;
}

function hashOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}

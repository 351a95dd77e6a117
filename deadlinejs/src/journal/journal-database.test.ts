import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DATABASE_NAME, openDatabase } from "./journal-database.ts";

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a database that does not answer is given up after 5 seconds, and closed when it comes after all", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const open = indexedDB.open.bind(indexedDB);
  let answer = () => {};
  vi.spyOn(indexedDB, "open").mockImplementation((name, version) => {
    const request = open(name, version);
    const listen = request.addEventListener.bind(request);
    // The events come when they are let through.
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    request.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) =>
      listen(type, (event) => {
        if (type !== "success" || typeof listener !== "function") return;
        void released.then(() => listener(event));
      });
    return request;
  });
  const close = vi.spyOn(IDBDatabase.prototype, "close");
  const opening = openDatabase();
  await vi.advanceTimersByTimeAsync(4_999);
  let isSettled = false;
  void opening.then(() => {
    isSettled = true;
  });
  await Promise.resolve();
  expect(isSettled).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await opening).toBeUndefined();
  expect(close).not.toHaveBeenCalled();
  answer();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
});

test("a database that answers leaves no timer behind", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const database = await openDatabase();
  expect(database?.name).toBe(DATABASE_NAME);
  expect(vi.getTimerCount()).toBe(0);
});

test("a database of version 1 keeps what says how old it is, and purges the rest", async () => {
  await new Promise((resolve) => {
    const opening = indexedDB.open(DATABASE_NAME, 1);
    opening.onupgradeneeded = () => {
      const { result } = opening;
      for (const name of ["hashes", "seen"]) result.createObjectStore(name).createIndex("at", "at");
      for (const name of ["uploads", "parts", "servers", "unfinished"]) result.createObjectStore(name);
      const write = (name: string, row: object, key: IDBValidKey) =>
        opening.transaction?.objectStore(name).put(row, key);
      write("seen", { at: 1 }, ["store", "hash"]);
      write("uploads", { uploadId: "u", partSize: 1n }, ["store", "hash"]);
      write("parts", { number: 1, etag: '"1"', hash: "h" }, ["store", "hash", "u", 1]);
      write("unfinished", { uploadId: "1", startedAt: 7 }, "1");
    };
    opening.onsuccess = () => {
      opening.result.close();
      resolve(undefined);
    };
  });
  const database = await openDatabase();
  const names = ["seen", "uploads", "parts", "unfinished"] as const;
  expect(await Promise.all(names.map((name) => database?.count(name)))).toEqual([1, 0, 0, 1]);
  expect(await database?.getAllKeysFromIndex("unfinished", "at", 7)).toEqual(["1"]);
  await database?.put("parts", { number: 1, etag: '"1"', hash: "h", at: 9 }, ["store", "hash", "u", 1]);
  expect(await database?.countFromIndex("parts", "at", 9)).toBe(1);
});

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetUnfinished, listUnfinished, noteUnfinished } from "./unfinished-uploads.ts";

// Real handles exist in browsers only; what matters here is that they come back as they went in.
const handle = { kind: "directory", name: "tower" } as FileSystemDirectoryHandle;
const tower = { uploadId: "1", label: "tower", profileName: "studio", startedAt: 1_000, roots: [handle] };
const bridge = {
  uploadId: "2",
  label: "2 items",
  profileName: "home",
  startedAt: 2_000,
  roots: [],
  patterns: { include: [], exclude: ["*.tmp"] },
};

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("uploads that were noted are listed, the latest first", async () => {
  expect(await listUnfinished()).toEqual([]);
  await noteUnfinished(tower);
  await noteUnfinished(bridge);
  expect(await listUnfinished()).toEqual([bridge, tower]);
});

test("an upload that has ended is not listed any more", async () => {
  await noteUnfinished(tower);
  await noteUnfinished(bridge);
  await forgetUnfinished("2");
  await forgetUnfinished("never noted");
  expect(await listUnfinished()).toEqual([tower]);
});

test("nothing is noted but what is named", async () => {
  await noteUnfinished({ ...tower, sessionToken: "SECRET" } as typeof tower);
  expect(await listUnfinished()).toEqual([tower]);
});

test("what cannot be stored, and a database that is not there, are no error", async () => {
  const uncloneable = { ...handle, isSameEntry: () => Promise.resolve(false) } as FileSystemDirectoryHandle;
  await noteUnfinished({ ...tower, roots: [uncloneable] });
  expect(await listUnfinished()).toEqual([]);
  vi.stubGlobal("indexedDB", undefined);
  await noteUnfinished(tower);
  await forgetUnfinished("1");
  expect(await listUnfinished()).toEqual([]);
});

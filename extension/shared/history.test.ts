import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { clearHistory, forgetHistory, listHistory, noteHistory, onHistory } from "./history.ts";
import type { HistoryEntry } from "./history-entry.ts";

const DAY = 24 * 60 * 60 * 1000;

const entry = (uploadId: string, endedAt: number): HistoryEntry => ({
  uploadId,
  label: "shot_010",
  profileName: "Studio",
  startedAt: endedAt - 1000,
  endedAt,
  phase: "complete",
  files: 3,
  bytes: 2n ** 60n,
  attachments: "{}",
});
const ids = async (count?: number) => (await listHistory(count)).map(({ uploadId }) => uploadId);

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("keeps what ended, the latest first, whole", async () => {
  const now = Date.now();
  await noteHistory(entry("a", now - 2));
  await noteHistory(entry("b", now));
  expect(await listHistory()).toEqual([entry("b", now), entry("a", now - 2)]);
  expect(await ids(1)).toEqual(["b"]);
});

it("keeps one entry of an upload that ended twice", async () => {
  const now = Date.now();
  await noteHistory({ ...entry("a", now - 2), phase: "failed" });
  await noteHistory(entry("a", now));
  expect(await listHistory()).toEqual([entry("a", now)]);
});

it("keeps 200 uploads", async () => {
  const now = Date.now();
  for (let number = 0; number < 205; number += 1) await noteHistory(entry(`${number}`, now + number));
  const kept = await ids();
  expect(kept).toHaveLength(200);
  expect(kept.at(-1)).toBe("5");
});

it("keeps an upload for 90 days: it is not shown after that, and dropped with the next one", async () => {
  const now = Date.now();
  await noteHistory(entry("old", now - 91 * DAY));
  await noteHistory(entry("young", now - 89 * DAY));
  expect(await ids()).toEqual(["young"]);
  vi.spyOn(Date, "now").mockReturnValue(now - 10 * DAY);
  expect(await ids()).toEqual(["young", "old"]);
  vi.restoreAllMocks();
  await noteHistory(entry("new", now));
  vi.spyOn(Date, "now").mockReturnValue(now - 10 * DAY);
  expect(await ids()).toEqual(["new", "young"]);
  vi.restoreAllMocks();
});

it("forgets one, or all, and says so to every page", async () => {
  const changes = vi.fn();
  onHistory(changes);
  const now = Date.now();
  await noteHistory(entry("a", now));
  await noteHistory(entry("b", now));
  await forgetHistory("a");
  expect(await ids()).toEqual(["b"]);
  await clearHistory();
  expect(await ids()).toEqual([]);
  await vi.waitFor(() => expect(changes).toHaveBeenCalledTimes(4));
});

it("is empty, and no error, where there is no database", async () => {
  vi.stubGlobal("indexedDB", undefined);
  await noteHistory(entry("a", Date.now()));
  await clearHistory();
  expect(await listHistory()).toEqual([]);
});

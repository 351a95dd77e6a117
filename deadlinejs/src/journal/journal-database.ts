import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import type { Checksums, StoredPart } from "./journal-types.ts";
import type { UnfinishedUpload } from "./unfinished-upload.ts";

/** Name of the one IndexedDB database; `store` and `root` in its keys are those of `openJournal`. */
export const DATABASE_NAME = "deadline-attachments";
/** 2 since uploads and parts say when they were written. */
const VERSION = 2;
/** How long an upload waits for a database that does not answer, in milliseconds. */
const PATIENCE = 5_000;

/** The object stores. `at` is when a row was written, in milliseconds since 1970. */
export interface JournalSchema extends DBSchema {
  /** Hashes of files, by root and path: a file that changed replaces what it was. */
  hashes: {
    key: [root: string, path: string];
    value: { size: bigint; modified: bigint; hashes: string[]; at: number };
    indexes: { at: number };
  };
  /** Contents that a store was seen to hold, by store and hash. */
  seen: {
    key: [store: string, hash: string];
    value: { at: number };
    indexes: { at: number };
  };
  /** Multipart uploads that were begun and not ended, by store and hash. */
  uploads: {
    key: [store: string, hash: string];
    value: { uploadId: string; partSize: bigint; at: number };
    indexes: { at: number };
  };
  /** Their parts: one row each, so that the 10,000th costs no more to write than the first. */
  parts: {
    key: [store: string, hash: string, uploadId: string, part: number];
    value: StoredPart & { at: number };
    indexes: { at: number };
  };
  /** What servers do with checksums, and how fast they are, by store; `at` is about the checksums. */
  servers: {
    key: string;
    value: { checksums?: Checksums; at: number; speed?: bigint };
  };
  /** Uploads that were begun and not ended, by the upload's id. */
  unfinished: {
    key: string;
    value: UnfinishedUpload;
    /** By `startedAt`. */
    indexes: { at: number };
  };
}

export type JournalDatabase = IDBPDatabase<JournalSchema>;

/**
 * Opens the database, and makes it where there is none.
 *
 * @returns `undefined` where there is no IndexedDB, or it refuses (private windows, a full disk, a newer
 *   version of the database), or does not answer within 5 seconds
 */
export async function openDatabase(): Promise<JournalDatabase | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const opening = openDB<JournalSchema>(DATABASE_NAME, VERSION, {
      upgrade: makeStores,
      // A newer version, or somebody who wants to delete it, shall not have to wait for us.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
    const givingUp = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE);
    });
    const database = await Promise.race([opening, givingUp]);
    // It may still come, and nobody would close it.
    if (database === undefined) opening.then((late) => late.close()).catch(() => undefined);
    return database;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function makeStores(
  database: JournalDatabase,
  from: number,
  _to: number | null,
  upgrade: IDBPTransaction<JournalSchema, StoreNames<JournalSchema>[], "versionchange">,
): void {
  if (from === 0) {
    database.createObjectStore("hashes").createIndex("at", "at");
    database.createObjectStore("seen").createIndex("at", "at");
    database.createObjectStore("servers");
    database.createObjectStore("unfinished");
  } else {
    // Nobody knows how old their rows are. Who goes on with such an upload is told of its parts by the store.
    database.deleteObjectStore("uploads");
    database.deleteObjectStore("parts");
  }
  database.createObjectStore("uploads").createIndex("at", "at");
  database.createObjectStore("parts").createIndex("at", "at");
  upgrade.objectStore("unfinished").createIndex("at", "startedAt");
}

import type { IDBPTransaction, StoreNames } from "idb";
import { type JournalDatabase, type JournalSchema, openDatabase } from "./journal-database.ts";
import type { Checksums, JournalRecord, KnownFile, OpenUpload, Remembered } from "./journal-types.ts";
import { purgeOldRows } from "./purge-old-rows.ts";

/** How long it is known what a server does with checksums, in milliseconds: 7 days. */
const SERVER_KNOWN = 7 * 24 * 60 * 60 * 1_000;

type Stores = StoreNames<JournalSchema>;
type Reading = IDBPTransaction<JournalSchema, Stores[]>;
type Writing = IDBPTransaction<JournalSchema, Stores[], "readwrite">;

/** Where each kind of record is written. */
const STORES_OF = {
  hashed: ["hashes"],
  seen: ["seen"],
  gone: ["seen"],
  "upload-opened": ["uploads", "parts"],
  "part-stored": ["parts"],
  "upload-closed": ["uploads", "parts"],
  server: ["servers"],
  speed: ["servers"],
} as const satisfies Record<JournalRecord["type"], readonly Stores[]>;

/** What a journal is about. */
export interface JournalPlace {
  /**
   * Whose contents, uploads and checksums these are: the endpoint's origin, the bucket and the root prefix,
   * joined. Never a signed address.
   */
  store: string;
  /**
   * Whose paths these are: the asset root and the profile's name, joined (decision S8; the paths themselves
   * begin with the name of the dropped folder).
   */
  root: string;
}

/**
 * What outlives an upload, so that the next one need not do it again: hashes of files, contents that the
 * store was seen to hold, multipart uploads that were begun.
 *
 * It decides nothing: what to write down and what to believe is the engine's business. There is no secret,
 * no signed address and no byte of a file in it: the records have no room for them, and only the fields that
 * are named here are written.
 *
 * No method ever fails: where the database does (disk full, storage cleared, closed), it answers as if
 * nothing were known and forgets what it is told. An upload then does more, and is as right as before.
 */
export interface Journal {
  /** The hashes of each file, in the same order; `[]` where size or time are others, or nothing is known. */
  knownHashes(files: readonly KnownFile[]): Promise<string[][]>;
  /** What is known of each content: one entry for each, in the same order. */
  lookUp(hashes: readonly string[]): Promise<Remembered[]>;
  /** What the server does with checksums; `undefined` when it was not found out in the last 7 days. */
  checksums(): Promise<Checksums | undefined>;
  /** Bytes each second of the last upload to this store that sent something; `undefined` when nothing is known. */
  speed(): Promise<bigint | undefined>;
  /**
   * Writes all of it, or none, in the order given. Once it has resolved, what was written outlives the
   * browser, however that ends; only a crash of the whole machine may lose the last of it.
   */
  remember(records: readonly JournalRecord[]): Promise<void>;
  /** Lets go of the database; whatever is under way is still done. */
  close(): void;
}

/**
 * Opens the journal and, in the background, purges what is older than 30 days.
 *
 * @returns `undefined` where there is no IndexedDB, or it refuses: upload without a journal then
 */
export async function openJournal(place: JournalPlace): Promise<Journal | undefined> {
  const database = await openDatabase();
  if (database === undefined) return undefined;
  void purgeOldRows(database, Date.now());
  return new DatabaseJournal(database, place);
}

class DatabaseJournal implements Journal {
  /**
   * The uploads of this run, by hash. Somebody else may have begun one of the same content since; a part
   * must not be taken for a part of theirs.
   */
  readonly #uploadIds = new Map<string, string>();
  readonly #database: JournalDatabase;
  readonly #place: JournalPlace;

  constructor(database: JournalDatabase, place: JournalPlace) {
    this.#database = database;
    this.#place = place;
  }

  async knownHashes(files: readonly KnownFile[]): Promise<string[][]> {
    const rows = await this.#read(["hashes"], (transaction) => {
      const store = transaction.objectStore("hashes");
      return Promise.all(files.map((file) => store.get([this.#place.root, file.path])));
    });
    return files.map((file, index) => {
      const row = rows?.[index];
      return row?.size === file.size && row.modified === file.modified ? row.hashes : [];
    });
  }

  async lookUp(hashes: readonly string[]): Promise<Remembered[]> {
    const entries = await this.#read(["seen", "uploads", "parts"], (transaction) =>
      Promise.all(hashes.map((hash) => this.#lookUpOne(transaction, hash))),
    );
    return entries ?? hashes.map((hash) => ({ hash }));
  }

  async checksums(): Promise<Checksums | undefined> {
    const row = await this.#server();
    if (row === undefined) return undefined;
    // A time in the future comes from a clock that was wrong: nobody knows how old it is.
    const age = Date.now() - row.at;
    return age >= 0 && age < SERVER_KNOWN ? row.checksums : undefined;
  }

  async speed(): Promise<bigint | undefined> {
    return (await this.#server())?.speed;
  }

  #server(): Promise<JournalSchema["servers"]["value"] | undefined> {
    return this.#read(["servers"], (transaction) =>
      transaction.objectStore("servers").get(this.#place.store),
    );
  }

  async remember(records: readonly JournalRecord[]): Promise<void> {
    if (records.length === 0) return;
    const now = Date.now();
    // No more than these: reads of the others need not wait.
    const stores = [...new Set(records.flatMap((record): readonly Stores[] => STORES_OF[record.type]))];
    try {
      // The browser hands the data to the system before it says that it is done. Waiting for the disk as
      // well ("strict") would only help where the machine loses power, and costs a flush for each part.
      const transaction = this.#database.transaction(stores, "readwrite", { durability: "relaxed" });
      const writes = records.flatMap((record) => this.#write(transaction, record, now));
      await Promise.all([...writes, transaction.done]);
    } catch {
      // Nothing of it was written; see `Journal`.
    }
  }

  close(): void {
    this.#database.close();
  }

  /** @returns `undefined` where the database fails */
  async #read<T>(stores: Stores[], read: (transaction: Reading) => Promise<T>): Promise<T | undefined> {
    try {
      const transaction = this.#database.transaction(stores);
      const [result] = await Promise.all([read(transaction), transaction.done]);
      return result;
    } catch {
      return undefined;
    }
  }

  async #lookUpOne(transaction: Reading, hash: string): Promise<Remembered> {
    const key: [string, string] = [this.#place.store, hash];
    const [seen, opened] = await Promise.all([
      transaction.objectStore("seen").get(key),
      transaction.objectStore("uploads").get(key),
    ]);
    const entry: Remembered = { hash };
    if (seen !== undefined) entry.seen = BigInt(seen.at);
    if (opened !== undefined) {
      const { uploadId, partSize } = opened;
      const rows = await transaction.objectStore("parts").getAll(below([...key, uploadId]));
      const parts = rows.map(({ at: _, ...part }) => part);
      entry.upload = { uploadId, partSize, parts } satisfies OpenUpload;
      this.#uploadIds.set(hash, uploadId);
    }
    return entry;
  }

  #write(transaction: Writing, record: JournalRecord, now: number): Promise<unknown>[] {
    const { store, root } = this.#place;
    switch (record.type) {
      case "hashed": {
        const { path, size, modified, hashes } = record;
        const row = { size, modified, hashes, at: now };
        return [transaction.objectStore("hashes").put(row, [root, path])];
      }
      case "seen":
        return [transaction.objectStore("seen").put({ at: now }, [store, record.hash])];
      case "gone":
        return [transaction.objectStore("seen").delete([store, record.hash])];
      case "upload-opened": {
        const { hash, uploadId, partSize } = record;
        this.#uploadIds.set(hash, uploadId);
        return [
          transaction.objectStore("parts").delete(below([store, hash])),
          transaction.objectStore("uploads").put({ uploadId, partSize, at: now }, [store, hash]),
        ];
      }
      case "part-stored": {
        const { number, etag, hash } = record.part;
        const uploadId = this.#uploadIds.get(record.hash);
        // An upload that the engine found in the store: it is not in the journal, and its parts are listed.
        if (uploadId === undefined) return [];
        const key: [string, string, string, number] = [store, record.hash, uploadId, number];
        return [transaction.objectStore("parts").put({ number, etag, hash, at: now }, key)];
      }
      case "upload-closed":
        this.#uploadIds.delete(record.hash);
        return [
          transaction.objectStore("parts").delete(below([store, record.hash])),
          transaction.objectStore("uploads").delete([store, record.hash]),
        ];
      case "server":
        return [changeServer(transaction, store, { checksums: record.checksums, at: now })];
      case "speed":
        return [changeServer(transaction, store, { speed: record.speed })];
    }
  }
}

/** Notes something of a server and keeps what is known besides. */
async function changeServer(
  transaction: Writing,
  store: string,
  change: Partial<JournalSchema["servers"]["value"]>,
): Promise<void> {
  const servers = transaction.objectStore("servers");
  // Nobody knows yet what one does with checksums of which only the speed is known.
  await servers.put({ at: 0, ...(await servers.get(store)), ...change }, store);
}

/** All keys that begin with these strings: in IndexedDB's order, an array comes after every string and number. */
function below(start: string[]): IDBKeyRange {
  return IDBKeyRange.bound(start, [...start, []]);
}

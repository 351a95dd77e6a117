/** Runs uploads where it is, in Node or in a page; everything that goes in or comes out is plain JSON. */
import type { Problem } from "deadlinejs/common";
import type { HashLanes } from "deadlinejs/hash";
import { openJournal } from "deadlinejs/journal";
import type { ObjectStore, Sending, StoreAnswer, StoreRequest } from "deadlinejs/storage";
import { UploadDriver } from "deadlinejs/upload";
import type { Store } from "../s3.ts";
import { type Adapter, profileOf, storeBy } from "../stores/benches.ts";
import { bytesOf, type Content } from "./content.ts";

/** A file to upload. */
export interface FileOrder {
  /** Below the asset root. */
  path: string;
  content: Content;
  /** What somebody says its hash is. */
  known?: string[];
}

/** An upload to run. */
export interface Order {
  adapter: Adapter;
  store: Store;
  /** Of the manifest. */
  guid: string;
  files: FileOrder[];
  /** Keeps a journal that outlives the uploader, and asks the one of an upload before. */
  journal?: boolean;
}

/** How an upload ended. */
export interface Report {
  type: "complete" | "failed" | "cancelled";
  /** Of a failed one; the first is the cause. */
  problems: Problem[];
  /** Of a complete one, by its name in `UploadSummary`. */
  counts: Partial<Record<string, number>>;
  manifest: { key: string; hash: string; attachments: string } | null;
  /** `Date.now()`. */
  endedAt: number;
}

interface Running {
  driver: UploadDriver;
  end: Promise<Report>;
  needsCredentials: Promise<Problem>;
}

/** Some uploads. */
export class Uploader {
  readonly #lanes: HashLanes;
  readonly #uploads: Running[] = [];
  /** Set when the uploader is cut off from everything, as if its process had been killed. */
  readonly #life = new AbortController();

  constructor(lanes: HashLanes) {
    this.#lanes = lanes;
  }

  /** Begins an upload; gives its number. */
  async start({ adapter, store, guid, files, journal }: Order): Promise<number> {
    const profile = { ...profileOf(store), expectedBucketOwner: "123456789012" };
    const kept = journal ? await openJournal(placeOf(store)) : undefined;
    const [end, ended] = promised<Report>();
    const [needsCredentials, needed] = promised<Problem>();
    const driver = new UploadDriver({
      settings: { profile, manifest: { guid, version: "v2023-03-03" } },
      store: new MortalStore(storeBy(adapter, store), this.#life.signal),
      lanes: this.#lanes,
      journal: kept,
      checksums: await kept?.checksums(),
      onNeedCredentials: needed,
      onEnd: (outcome) => {
        const { manifest = null, ...counts } = outcome.type === "complete" ? outcome.result : {};
        const numbers = Object.entries(counts).map(([name, count]) => [name, Number(count)]);
        ended({
          type: outcome.type,
          problems: outcome.type === "failed" ? outcome.problems : [],
          counts: Object.fromEntries(numbers),
          manifest,
          endedAt: Date.now(),
        });
      },
    });
    this.#uploads.push({ driver, end, needsCredentials });
    await driver.addFiles(
      files.map(({ path, content, known }) => ({
        file: new File([bytesOf(content)], path, { lastModified: 1_700_000_000_000 }),
        relativePath: path,
        known,
      })),
    );
    await driver.endIntake();
    return this.#uploads.length - 1;
  }

  /** Settles when it has ended. */
  end(upload: number): Promise<Report> {
    return this.#at(upload).end;
  }

  /** Settles when it asks for new credentials. */
  needsCredentials(upload: number): Promise<Problem> {
    return this.#at(upload).needsCredentials;
  }

  /** There are new credentials. */
  renew(upload: number): void {
    this.#at(upload).driver.credentialsRenewed();
  }

  /** The person wants no more of it; gives the time, by `Date.now()`. */
  cancel(upload: number): number {
    const now = Date.now();
    this.#at(upload).driver.cancel();
    return now;
  }

  /** What is under way ends in the middle, and nothing is said or done any more. */
  cutOff(): void {
    this.#life.abort();
  }

  #at(upload: number): Running {
    const running = this.#uploads[upload];
    if (!running) throw new Error(`there is no upload ${upload}`);
    return running;
  }
}

/** A store that takes and gives nothing more from one moment on. */
class MortalStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly life: AbortSignal,
  ) {}

  async send(request: StoreRequest, { signal, onSent }: Sending = {}): Promise<StoreAnswer | null> {
    const { life } = this;
    const both = signal ? AbortSignal.any([signal, life]) : life;
    const answer = life.aborted ? null : await this.store.send(request, { signal: both, onSent });
    return life.aborted ? new Promise(() => undefined) : answer;
  }
}

function placeOf({ endpoint, bucket, rootPrefix }: Store) {
  return { store: `${endpoint} ${bucket} ${rootPrefix}`, root: "/p Test" };
}

function promised<T>(): [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return [promise, resolve];
}

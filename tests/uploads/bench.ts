/** What a case has at hand: a place to upload from, the gateway before the store, and a judge of what is stored. */
import { hashBytes } from "deadlinejs/common";
import { expect } from "vitest";
import type { Entry, Fault, Operation, StrictGateway } from "../gateway/client.ts";
import { PATIENCE_MS } from "../patience.ts";
import { Bucket, type Store } from "../s3.ts";
import type { Adapter } from "../stores/benches.ts";
import { bytesOf, type Content } from "./content.ts";
import { PagePlace, type Place } from "./place.ts";
import type { FileOrder, Report } from "./uploader.ts";

/** Above this size an object goes up in parts of 16 MiB. */
export const MIB = 2 ** 20;

const run = crypto.randomUUID().slice(0, 8);
let prefixes = 0;
let seeds = 1;

/** One case's own corner of the bucket. */
export class UploadBench {
  /** Where this case's objects are, and nobody else's. */
  readonly store: Store;
  readonly #direct: Bucket;

  constructor(
    readonly place: Place,
    readonly gateway: StrictGateway,
    private readonly adapter: Adapter,
    store: Store,
  ) {
    this.store = { ...store, endpoint: gateway.origin, rootPrefix: `Uploads/${run}/${prefixes++}` };
    this.#direct = new Bucket({ ...this.store, endpoint: store.endpoint });
  }

  /** Whether the store tells how much of a body has left before the answer is there. */
  get tellsProgress(): boolean {
    return this.adapter === "signed fetch by SigV4Signer" && this.place instanceof PagePlace;
  }

  /** A file that no other case has. */
  file(path: string, size: number): FileOrder {
    return { path, content: { seed: seeds++, size } };
  }

  /** Some small files. */
  files(count: number, size = 1000): FileOrder[] {
    return Array.from({ length: count }, (_, index) => this.file(`d/${index}.bin`, size + index));
  }

  /** Begins to upload them. */
  start(files: FileOrder[], options: { journal?: boolean } = {}): Promise<number> {
    const { adapter, store } = this;
    const guid = crypto.randomUUID();
    return this.place.start({ adapter, store, guid, files, ...options });
  }

  /** Uploads them to the end. */
  async upload(files: FileOrder[], options: { journal?: boolean } = {}): Promise<Report> {
    return this.place.end(await this.start(files, options));
  }

  /** Uploads them, which must succeed, and judges what is stored. */
  async uploadWell(files: FileOrder[], options: { journal?: boolean } = {}): Promise<Report> {
    const report = await this.upload(files, options);
    await this.expectComplete(report, files);
    return report;
  }

  /** Full key of this content. */
  keyOf(content: Content): string {
    return `${this.store.rootPrefix}/Data/${hashBytes(bytesOf(content))}.xxh128`;
  }

  /** What is stored under that key. */
  put(key: string, body: Uint8Array): Promise<void> {
    return this.#direct.put(key, body);
  }

  /** Keys of all objects of this case. */
  async keys(): Promise<string[]> {
    return [...(await this.#direct.list(`${this.store.rootPrefix}/`)).keys()];
  }

  /** Every file is stored and in the manifest, no object is wrong, and nothing is left open. */
  async expectComplete(report: Report, files: FileOrder[]): Promise<void> {
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ type: "complete", counts: { files: files.length } });
    const { manifest } = report;
    const text = new TextDecoder().decode(await this.#direct.get(manifest?.key ?? ""));
    expect(hashBytes(new TextEncoder().encode(text))).toBe(manifest?.hash);
    const { paths } = JSON.parse(text) as { paths: { path: string; hash: string; size: number }[] };
    const named = paths.map(({ path, hash, size }) => [path, hash, size]);
    const wanted = files.map(({ path, content }) => [path, hashBytes(bytesOf(content)), content.size]);
    expect(named.sort()).toEqual(wanted.sort());
    const keys = await this.keys();
    for (const { content } of files) expect(keys).toContain(this.keyOf(content));
    await this.expectNothingWrong();
  }

  /** It failed for this reason, and there is no manifest; what is stored is right. */
  async expectFailed(report: Report, code: string): Promise<void> {
    expect(report).toMatchObject({ type: "failed", problems: [{ code }] });
    await this.expectNoManifest();
    await this.expectNothingWrong();
  }

  /** There is no manifest. */
  async expectNoManifest(): Promise<void> {
    expect((await this.keys()).filter((key) => key.includes("/Manifests/"))).toEqual([]);
  }

  /** Every object has the bytes of its key, and no upload in parts is open. */
  async expectNothingWrong(): Promise<void> {
    for (const key of await this.keys()) {
      const hash = /\/Data\/([0-9a-f]{32})\.xxh128$/.exec(key)?.[1];
      if (hash) expect(`${key} ${hashBytes(await this.#direct.get(key))}`).toBe(`${key} ${hash}`);
    }
    expect(await this.openUploads()).toEqual([]);
  }

  /** Keys of uploads in parts that are open in the store. */
  openUploads(): Promise<string[]> {
    return this.#direct.openUploads(`${this.store.rootPrefix}/`);
  }

  /** Has a fault happen to the n-th such request of this case, once unless told otherwise. */
  async fault(
    operation: Operation,
    fault: Fault,
    { nth = 1, times = 1 as number | "always", key = "" } = {},
  ): Promise<void> {
    const when = { operation, nth, key: `${this.store.rootPrefix}/${key}` };
    await this.gateway.inject({ when, times, fault });
  }

  /** This case's requests so far. */
  async log(operation?: Operation): Promise<Entry[]> {
    const { rootPrefix } = this.store;
    const isOurs = ({ key, query }: Entry) =>
      key.startsWith(`${rootPrefix}/`) || decodeURIComponent(query).includes(`prefix=${rootPrefix}/`);
    const entries = (await this.gateway.log()).filter(isOurs);
    return operation ? entries.filter((entry) => entry.operation === operation) : entries;
  }

  /** How many such requests were carried out. */
  async done(operation: Operation, key = ""): Promise<number> {
    const log = await this.log(operation);
    return log.filter((entry) => entry.status === 200 && entry.key.includes(key)).length;
  }

  /** Waits until something holds of this case's requests. */
  async until(what: string, holds: (log: Entry[]) => boolean): Promise<void> {
    for (const began = Date.now(); !holds(await this.log()); ) {
      if (Date.now() - began > PATIENCE_MS) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
      await pause(10);
    }
  }
}

/** Waits so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An error of S3. */
export function refusal(status: number, code: string, headers: Record<string, string> = {}): Fault {
  return { kind: "answer", status, code, headers };
}

/** The driver with the real engine, in front of a store in memory. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  hashBytes,
  init,
  type ProfileFields,
  type UploadOutcome,
  type UploadProgress,
} from "../common/index.ts";
import { MainThreadExecutor } from "../hash/index.ts";
import type { Journal } from "../journal/index.ts";
import { type ObjectStore, SigningRefused, type StoreAnswer, type StoreRequest } from "../storage/index.ts";
import type { FileSource } from "./file-source.ts";
import { UploadDriver, type UploadDriverOptions } from "./upload-driver.ts";

beforeAll(() =>
  init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"))),
);

const profile: ProfileFields = {
  name: "Test",
  region: "us-west-2",
  farmId: "farm-0123456789abcdef0123456789abcdef",
  queueId: "queue-fedcba9876543210fedcba9876543210",
  bucket: "bucket",
  rootPrefix: "DC",
  assetRoot: "/projects",
  assetRootFormat: "posix",
  endpoint: "",
  pathStyle: false,
};
const EXPIRED = "<Error><Code>ExpiredToken</Code></Error>";
const facts = { profile: "Test", started: 1000n, ended: 2000n };
const problem = { code: "credentials-missing", what: "There are none.", next: "Enter some." };

/** What stands in for the store's answer; nothing for the store's own. */
type Rule = (request: StoreRequest) => StoreAnswer | Promise<StoreAnswer | null> | undefined;

/** Keeps objects, knows nothing of uploads in parts. */
class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, string>();
  readonly seen: string[] = [];
  rule: Rule = () => undefined;

  async send(request: StoreRequest): Promise<StoreAnswer | null> {
    const { method, key, body } = request;
    this.seen.push(`${method} ${key}`);
    const given = this.rule(request);
    if (given) return given;
    const held = this.objects.get(key);
    const answer = (status: number, headers = {}) => ({ status, headers, body: "" });
    if (method === "PUT") {
      this.objects.set(key, body instanceof Blob ? await body.text() : (body ?? ""));
      return answer(200, { etag: '"e"' });
    }
    if (held === undefined) return answer(404);
    return answer(200, { etag: '"e"', "content-length": `${held.length}` });
  }

  manifests(): string[] {
    return [...this.objects].filter(([key]) => key.includes("/Manifests/")).map(([, text]) => text);
  }
}

interface Bench {
  driver: UploadDriver;
  store: MemoryStore;
  progress: UploadProgress[];
  onNeedCredentials: ReturnType<typeof vi.fn>;
  end: Promise<UploadOutcome>;
}

/** A promise that is kept from outside. */
function promised<T>(): [Promise<T>, (value: T) => void] {
  let keep: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return [promise, keep];
}

function bench(options: Partial<UploadDriverOptions> = {}): Bench {
  const store = new MemoryStore();
  const progress: UploadProgress[] = [];
  const onNeedCredentials = vi.fn();
  const [end, onEnd] = promised<UploadOutcome>();
  const driver = new UploadDriver({
    settings: {
      profile,
      manifest: { guid: "11111111-1111-1111-1111-111111111111", version: "v2023-03-03" },
    },
    store,
    lanes: new MainThreadExecutor().lanes,
    onProgress: (now) => progress.push(now),
    onNeedCredentials,
    onEnd,
    ...options,
  });
  return { driver, store, progress, onNeedCredentials, end };
}

function file(content: string, relativePath: string) {
  return { file: new File([content], relativePath, { lastModified: 1_700_000_000_000 }), relativePath };
}

const keyOf = (content: string) => `DC/Data/${hashBytes(new TextEncoder().encode(content))}.xxh128`;
const later = (milliseconds = 50) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A journal that knows what a test says and keeps what it is told. */
function fakeJournal(known: string[]) {
  const remembered: Parameters<Journal["remember"]>[0][number][] = [];
  const journal: Journal = {
    knownHashes: async (files) => files.map(() => known),
    lookUp: async (hashes) => hashes.map((hash) => ({ hash })),
    checksums: async () => undefined,
    speed: async () => undefined,
    remember: async (records) => {
      remembered.push(...records);
    },
    close: () => undefined,
  };
  return { journal, remembered };
}

describe("UploadDriver", () => {
  it("stores every content once and the manifest last, and tells how far it is", async () => {
    const { driver, store, progress, end } = bench();
    await driver.addFiles([file("one", "s/a"), file("one", "s/b")]);
    await driver.addFiles([file("two", "s/c")], [{ path: "s/d", code: "empty-folder", reason: "Empty." }]);
    await driver.endIntake();
    expect(await end).toMatchObject({ type: "complete", result: { files: 3, objectsWritten: 2 } });
    expect(store.objects.get(keyOf("one"))).toBe("one");
    expect(store.objects.get(keyOf("two"))).toBe("two");
    const [manifest = "{}"] = store.manifests();
    const { paths } = JSON.parse(manifest) as { paths: { path: string }[] };
    expect(paths.map(({ path }) => path)).toEqual(["s/a", "s/b", "s/c"]);
    expect(store.seen.at(-1)).toMatch(/^PUT .*\/Manifests\//);
    expect(progress.at(-1)).toMatchObject({ phase: "complete", uploading: { filesDone: 2, bytesDone: 6n } });
    expect(
      driver
        .objects()
        .map(({ key }) => key)
        .sort(),
    ).toEqual([keyOf("one"), keyOf("two")].sort());
  });

  it("reads no file whose hashes the journal knows before it is sent, and writes down what it learns", async () => {
    const content = "known";
    const hash = hashBytes(new TextEncoder().encode(content));
    const { journal, remembered } = fakeJournal([hash]);
    const { driver, store, end } = bench({ journal });
    store.objects.set(keyOf(content), content);
    const known = file(content, "s/a");
    const read = vi.spyOn(known.file, "slice");
    await driver.addFiles([known]);
    await driver.endIntake();
    expect(await end).toMatchObject({ type: "complete", result: { objectsWritten: 0, objectsSkipped: 1 } });
    expect(read).not.toHaveBeenCalled();
    expect(remembered).toContainEqual({ type: "seen", hash });
  });

  it("sends nothing before it shall, tells what it would send, and leaves out what patterns say", async () => {
    const { driver, store, end } = bench({ holdUntilBegin: true, earlierSpeed: 3n });
    await driver.addFiles([file("one", "s/a"), file("three", "s/b.tmp")]);
    await driver.endIntake();
    await vi.waitFor(() => expect(driver.progress()).toMatchObject({ phase: "held", preview: { files: 2 } }));
    driver.select({ include: [], exclude: ["*.tmp"] });
    expect(driver.progress().preview).toEqual({
      files: 1,
      bytes: 3n,
      filesUnseen: 0,
      filesFailed: 0,
      contentsInStore: 0,
      bytesInStore: 0n,
      contentsNew: 1,
      bytesNew: 3n,
      filesLeftOut: 1,
      bytesLeftOut: 5n,
      isReady: true,
      estimate: { time: 1000n, basis: "earlier-upload" },
    });
    expect(() => driver.select({ include: ["[a"], exclude: [] })).toThrow(/\[a .*character 1/);
    expect(store.seen.filter((request) => !request.startsWith("HEAD "))).toEqual([]);
    driver.begin();
    expect(await end).toMatchObject({ type: "complete", result: { files: 1, objectsWritten: 1 } });
    expect(driver.leftOut(9)).toMatchObject({ files: 1, first: [{ path: "s/b.tmp", code: "excluded" }] });
    expect(store.objects.has(keyOf("three"))).toBe(false);
  });

  it("sends nothing while it is paused", async () => {
    const { driver, store, progress, end } = bench();
    driver.pause();
    await driver.addFiles([file("one", "s/a")]);
    await driver.endIntake();
    await later();
    expect(store.seen).toEqual([]);
    expect(progress.at(-1)?.waiting ?? driver.progress().waiting).toEqual({ type: "paused" });
    driver.resume();
    expect(await end).toMatchObject({ type: "complete" });
  });

  it("sends nothing after it was cancelled, and tells of nothing", async () => {
    const { driver, store, end } = bench();
    const [held, release] = promised<StoreAnswer>();
    store.rule = () => held;
    await driver.addFiles([file("one", "s/a"), file("two", "s/b")]);
    await vi.waitFor(() => expect(store.seen.length).toBeGreaterThan(0));
    driver.cancel();
    expect(await end).toEqual({ type: "cancelled" });
    const seen = store.seen.length;
    release({ status: 404, headers: {}, body: "" });
    await driver.addFiles([file("three", "s/c")]);
    await driver.endIntake();
    await later();
    expect(store.seen).toHaveLength(seen);
    expect(driver.progress().phase).toBe("cancelled");
  });

  it.each<[string, () => ReturnType<Rule>]>([
    ["have expired", () => ({ status: 400, headers: {}, body: EXPIRED })],
    ["are not there", () => Promise.reject(new SigningRefused(problem))],
  ])("asks for credentials that %s, once, and goes on with new ones", async (_how, answer) => {
    const { driver, store, onNeedCredentials, end } = bench();
    store.rule = answer;
    await driver.addFiles([file("one", "s/a"), file("two", "s/b")]);
    await driver.endIntake();
    await vi.waitFor(() => expect(onNeedCredentials).toHaveBeenCalled());
    await later();
    expect(onNeedCredentials).toHaveBeenCalledTimes(1);
    store.rule = () => undefined;
    driver.credentialsRenewed();
    expect(await end).toMatchObject({ type: "complete", result: { objectsWritten: 2 } });
  });

  it("ends with the reason why there will be no credentials", async () => {
    const { driver, store, onNeedCredentials, end } = bench();
    store.rule = () => ({ status: 400, headers: {}, body: EXPIRED });
    onNeedCredentials.mockImplementation(() => driver.credentialsRefused(problem));
    await driver.addFiles([file("one", "s/a")]);
    await driver.endIntake();
    expect(await end).toEqual({ type: "failed", problems: [problem] });
    expect(store.manifests()).toEqual([]);
  });

  describe("a file that has changed since it was added", () => {
    /** A file that cannot be read once it was hashed. */
    function changing(content: string, relativePath: string) {
      const added = file(content, relativePath);
      const change = () => {
        const refused = () => Promise.reject(new DOMException("changed", "NotReadableError"));
        added.file.slice = () => Object.assign(new Blob(["?"]), { arrayBuffer: refused });
      };
      return { added, change };
    }

    it("is taken as it is now, where that can be had", async () => {
      const getFile = vi.fn(async () => new File(["as it is now"], "a"));
      const { driver, store, end } = bench({ files: { getFile } });
      const { added, change } = changing("as it was", "s/a");
      store.rule = ({ method, key }) => {
        if (method === "HEAD" && key === keyOf("as it was")) change();
        return undefined;
      };
      await driver.addFiles([added]);
      await driver.endIntake();
      expect(await end).toMatchObject({ type: "complete" });
      expect(getFile).toHaveBeenCalledWith("s/a");
      expect(store.objects.get(keyOf("as it is now"))).toBe("as it is now");
      expect(store.manifests()[0]).toContain(hashBytes(new TextEncoder().encode("as it is now")));
    });

    it.each<[string, { files?: FileSource }]>([
      ["nobody can look", {}],
      ["it is not found", { files: { getFile: async () => undefined } }],
      [
        "looking fails",
        { files: { getFile: () => Promise.reject(new DOMException("no", "NotFoundError")) } },
      ],
    ])("is named where %s", async (_why, options) => {
      const { driver, store, end } = bench(options);
      const { added, change } = changing("as it was", "s/a");
      store.rule = ({ method }) => {
        if (method === "HEAD") change();
        return undefined;
      };
      await driver.addFiles([added]);
      await driver.endIntake();
      expect(await end).toMatchObject({ type: "failed", problems: [{ code: "file-changed", file: "s/a" }] });
      expect(store.manifests()).toEqual([]);
    });

    it("is taken again after the end, where it can be had by then, and only it", async () => {
      const ends: UploadOutcome[] = [];
      let fresh: File | undefined;
      const { driver, store } = bench({
        files: { getFile: async () => fresh },
        onEnd: (end) => ends.push(end),
      });
      const { added, change } = changing("as it was", "s/b");
      store.rule = ({ method, key }) => {
        if (method === "HEAD" && key === keyOf("as it was")) change();
        return undefined;
      };
      await driver.addFiles([file("one", "s/a"), added]);
      await driver.endIntake();
      await vi.waitFor(() => expect(ends).toMatchObject([{ type: "failed" }]));
      expect(driver.files("failures", 0, 5)?.rows).toMatchObject([{ path: "s/b", status: "failed" }]);
      expect([driver.canRetry(false), driver.canRetry(true)]).toEqual(["choose-again", "now"]);
      fresh = new File(["two"], "b");
      const before = store.seen.length;
      driver.retry({ lanes: new MainThreadExecutor().lanes, journal: undefined });
      expect(driver.progress().phase).not.toBe("failed");
      await vi.waitFor(() => expect(ends).toMatchObject([{}, { type: "complete" }]));
      expect(store.seen.slice(before).filter((line) => line.includes(keyOf("one")))).toEqual([]);
      const [manifest = ""] = store.manifests();
      expect(JSON.parse(manifest).paths.map(({ path }: { path: string }) => path)).toEqual(["s/a", "s/b"]);
      expect(driver.canRetry(true)).toBeUndefined();
    });
  });

  it("ends with a sentence when something is broken, and frees what it holds", async () => {
    const { driver, store, end } = bench();
    store.rule = () => Promise.reject(new TypeError("x is not a function"));
    await driver.addFiles([file("one", "s/a")]);
    expect(await end).toMatchObject({
      type: "failed",
      problems: [{ code: "engine-broken", what: "The upload engine stopped: x is not a function." }],
    });
    expect(driver.progress().phase).toBe("failed");
    driver.cancel();
    await driver.endIntake();
  });

  it("tells of each file, also after the end, until it is disposed of", async () => {
    const { driver, end } = bench();
    await driver.addFiles([file("one", "s/a"), file("two", "s/b")]);
    expect(driver.files("all", 1, 5)).toMatchObject({ total: 2, rows: [{ path: "s/b", size: 3n }] });
    expect([...driver.receipt("json", facts)]).toEqual([]);
    await driver.endIntake();
    await end;
    expect(driver.files("all", 0, 5)?.rows.map(({ status }) => status)).toEqual(["sent", "sent"]);
    expect(driver.files("all", 0, 5)?.counts).toMatchObject({ sent: 2, failed: 0, "in-store": 0 });
    const receipt = JSON.parse([...driver.receipt("json", facts)].join(""));
    expect(receipt).toMatchObject({
      profile: "Test",
      outcome: "complete",
      startedAt: "1970-01-01T00:00:01Z",
    });
    expect(receipt.files.map(({ key }: { key: string }) => key)).toEqual([keyOf("one"), keyOf("two")]);
    driver.dispose();
    expect(driver.files("all", 0, 5)).toBeUndefined();
  });

  it("ends without a manifest when the page that added files went away", async () => {
    const { driver, store, end } = bench();
    await driver.addFiles([file("one", "s/a")]);
    driver.loseIntake();
    expect(await end).toMatchObject({ type: "failed", problems: [{ code: "intake-lost" }] });
    expect(store.manifests()).toEqual([]);
  });
});

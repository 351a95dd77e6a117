import { xxhash128 } from "hash-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Evidence, judge, keysWritten } from "./judge.ts";

const ONE = { path: "shot/one", size: 3, mtime: 1_700_000_000_123_000, hash: "1".repeat(32) };
const SAME = { ...ONE, path: "shot/same", mtime: 1_700_000_000_124_000 };
const OTHER = { path: "shot/other", size: 5, mtime: 1_700_000_000_125_000, hash: "2".repeat(32) };
/** What HEAD tells of an object with nothing special about it. */
const plain = { size: 1, contentType: undefined, cacheControl: undefined, metadata: {} };
const KEY = "Root/Manifests/farm-1/queue-1/Inputs/guid/name_input";

/** A complete upload of {@link ONE}, {@link SAME} and {@link OTHER}; the last one's content was there before. */
let good: Evidence;

beforeAll(async () => {
  const files = [ONE, SAME, OTHER];
  const manifest = new TextEncoder().encode(JSON.stringify({ paths: files, totalSize: 11 }));
  const before = new Map([[`Root/Data/${OTHER.hash}.xxh128`, 5]]);
  const hash = await xxhash128(manifest);
  const entry = {
    rootPath: "/projects",
    rootPathFormat: "posix",
    inputManifestPath: "farm-1/queue-1/Inputs/guid/name_input",
    inputManifestHash: hash,
  };
  good = {
    files,
    rootPrefix: "Root",
    assetRoot: "/projects",
    result: {
      files: 3,
      bytes: 11,
      objectsWritten: 1,
      bytesWritten: 3,
      objectsSkipped: 1,
      bytesSkipped: 5,
      manifestKey: KEY,
      manifestHash: hash,
      attachments: JSON.stringify({ fileSystem: "COPIED", manifests: [entry] }, null, 2),
    },
    before,
    after: new Map([...before, [`Root/Data/${ONE.hash}.xxh128`, 3], [KEY, manifest.length]]),
    facts: new Map([[KEY, plain]]),
    manifest,
  };
});

/** What is wrong when `change` differs from a good upload. */
const wrongWith = (change: Partial<Evidence>) => judge({ ...good, ...change });

describe("judge", () => {
  it("finds nothing wrong with a complete upload", async () => {
    expect(await judge(good)).toEqual([]);
    expect(keysWritten(good)).toEqual([`Root/Data/${ONE.hash}.xxh128`, KEY]);
  });

  it("sees a header that was stored with an object", async () => {
    const facts = new Map([[KEY, { ...plain, cacheControl: "no-cache" }]]);
    expect(await wrongWith({ facts })).toEqual([`${KEY} is stored with Cache-Control no-cache.`]);
  });

  it("misses a file that is not in the manifest", async () => {
    const extra = { ...ONE, path: "shot/extra" };
    expect(await wrongWith({ files: [...good.files, extra] })).toContain(
      "shot/extra is not in the manifest.",
    );
  });

  it("notices a file that was not on disk", async () => {
    expect(await wrongWith({ files: [ONE, SAME] })).toContain(
      "shot/other is in the manifest, but not on disk.",
    );
  });

  it.each(["size", "mtime"] as const)("notices another %s", async (field) => {
    const files = [{ ...ONE, [field]: ONE[field] + 1 }, SAME, OTHER];
    expect((await wrongWith({ files })).join()).toContain(`shot/one has ${field} ${ONE[field] + 1}`);
  });

  it("notices another hash, and that its content is missing", async () => {
    const files = [{ ...ONE, hash: "3".repeat(32) }, SAME, OTHER];
    const wrong = (await wrongWith({ files })).join();
    expect(wrong).toContain("shot/one has hash 3333");
    expect(wrong).toContain("The content of shot/one is not in the bucket");
  });

  it("notices a truncated object", async () => {
    const after = new Map(good.after).set(`Root/Data/${ONE.hash}.xxh128`, 2);
    expect((await wrongWith({ after })).join()).toContain("has 2 bytes instead of 3");
  });

  it("notices an object that nobody asked for", async () => {
    const after = new Map(good.after).set("Root/Data/stray", 1);
    expect((await wrongWith({ after })).join()).toContain("Root/Data/stray was written");
  });

  it.each(["files", "bytes", "objectsWritten", "bytesWritten", "objectsSkipped", "bytesSkipped"] as const)(
    "notices a wrong count of %s",
    async (fact) => {
      const result = { ...good.result, [fact]: 99 };
      expect((await wrongWith({ result })).join()).toContain(`The page shows ${fact} 99 instead of`);
    },
  );

  it("notices another manifest than the hash says", async () => {
    const result = { ...good.result, manifestHash: "0".repeat(32) };
    expect((await wrongWith({ result })).join()).toContain("The page shows manifest hash 0000");
  });

  it("notices attachments with another root", async () => {
    expect((await wrongWith({ assetRoot: "/elsewhere" })).join()).toContain("attachments is");
  });
});

/** Uploads by the library in Node, through both stores, seen from outside. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  AttachmentError,
  CancelledError,
  createManifestFromFiles,
  createS3Location,
  type HashExecutor,
  hashBytes,
  hashFilesOnly,
  init,
  MainThreadExecutor,
  Manifest,
  type PlacedFile,
  type ProgressUpdate,
  type StorageSettings,
  UploadOrchestrator,
  uploadAttachments,
  uploadManifestAndFiles,
  ValidationError,
} from "deadlinejs";
import { beforeAll, describe, expect, it } from "vitest";
import { PATIENCE_MS } from "../patience.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { AnySigner } from "../stores/benches.ts";
import { signal } from "./stage.ts";

const store = storeFromEnvironment();
const { region, endpoint, rootPrefix, farmId, queueId } = store;
const identity = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey };
const settings: StorageSettings = { region, endpoint, pathStyle: true, credentials: identity };
const bucket = new Bucket(store);
const manifests = { bucket: store.bucket, rootPrefix, farmId, queueId };
const V1 = { manifestVersion: "v2023-03-03" } as const;
let contents: ReturnType<typeof createS3Location>;

beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  contents = createS3Location(store.bucket, rootPrefix);
});

const hashOf = (text: string) => hashBytes(new TextEncoder().encode(text));
const keyOf = (text: string) => `${rootPrefix}/Data/${hashOf(text)}.xxh128`;

function file(relativePath: string, text: string): PlacedFile {
  return { file: new Blob([text]), relativePath, lastModified: 1_700_000_000_123 };
}

/** Texts that no other test has sent. */
const unique = (name: string) => `${name} ${crypto.randomUUID()}`;

async function failure(work: Promise<unknown>): Promise<AttachmentError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AttachmentError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe.each<[string, StorageSettings]>([
  ["the AWS SDK", settings],
  ["a signer elsewhere", { ...settings, requestSigner: new AnySigner(store) }],
])("by %s", (_, settings) => {
  it("files become objects, a manifest and attachments", async () => {
    const [a, b] = [unique("a"), unique("b")];
    const files = [file("shot/b.txt", b), file("shot/a.txt", a), file("copy of a.txt", a), file("empty", "")];
    const updates: ProgressUpdate[] = [];
    const options = { ...V1, onProgress: (update: ProgressUpdate) => void updates.push(update) };
    const result = await uploadAttachments(files, "/projects", settings, contents, manifests, options);

    expect(new TextDecoder().decode(await bucket.get(keyOf(a)))).toBe(a);
    const text = new TextDecoder().decode(await bucket.get(result.manifestS3Key));
    expect(hashOf(text)).toBe(result.manifestHash);
    const listed = Manifest.decode(text).getPaths();
    expect(listed.map(({ path }) => path).toSorted()).toEqual(
      ["copy of a.txt", "empty", "shot/a.txt", "shot/b.txt"].toSorted(),
    );
    expect(listed.find(({ path }) => path === "shot/a.txt")).toEqual({
      path: "shot/a.txt",
      hash: hashOf(a),
      size: BigInt(a.length),
      mtime: 1_700_000_000_123_000n,
    });
    const [attached] = result.attachments.manifests;
    expect(`${rootPrefix}/Manifests/${attached?.inputManifestPath}`).toBe(result.manifestS3Key);
    expect(result.attachments).toEqual({
      manifests: [
        {
          rootPath: "/projects",
          rootPathFormat: "posix",
          inputManifestPath: expect.stringMatching(
            new RegExp(`^${farmId}/${queueId}/Inputs/[0-9a-f]{32}/[0-9a-f]{32}_input$`),
          ),
          inputManifestHash: result.manifestHash,
        },
      ],
      fileSystem: "COPIED",
    });
    expect(result.objects.map(({ key }) => key).toSorted()).toEqual([a, b, ""].map(keyOf).toSorted());
    expect(result.objects.find(({ key }) => key === keyOf(a))).toMatchObject({ wasWritten: true });
    expect(result.statistics).toMatchObject({ filesProcessed: 4 });
    expect(updates.at(-1)).toMatchObject({ phase: "complete", filesProcessed: 4, totalFiles: 4 });

    const again = await uploadAttachments(files, "/projects", settings, contents, manifests, options);
    expect(again.statistics).toEqual({
      filesProcessed: 4,
      filesTransferred: 0,
      filesSkipped: 3,
      bytesTransferred: 0n,
      bytesSkipped: BigInt(a.length + b.length),
    });
    expect(again.manifestHash).toBe(result.manifestHash);
    expect(again.manifestS3Key).not.toBe(result.manifestS3Key);
  });

  it("a file of many parts arrives", async () => {
    const large = new Uint8Array(40 * 2 ** 20).map((_, i) => (i * 31 + (i >> 12)) % 256);
    crypto.getRandomValues(large.subarray(0, 32));
    const files = [{ file: new Blob([large]), relativePath: "large", lastModified: 1 }];
    const result = await uploadAttachments(files, "/p", settings, contents, manifests, V1);
    const hash = hashBytes(large);
    expect(result.objects).toMatchObject([{ size: BigInt(large.length), wasWritten: true }]);
    expect(hashBytes(await bucket.get(`${rootPrefix}/Data/${hash}.xxh128`))).toBe(hash);
  });

  it("credentials that are wrong are an error of the store", async () => {
    const wrong = { ...store, secretKey: "wrong" };
    const credentials = { accessKeyId: wrong.accessKey, secretAccessKey: wrong.secretKey };
    const signer = settings.requestSigner && { requestSigner: new AnySigner(wrong) };
    const files = [file("a", unique("a"))];
    const refused = { ...settings, credentials, ...signer };
    const error = await failure(uploadAttachments(files, "/p", refused, contents, manifests, V1));
    expect(error).toMatchObject({ name: "StorageError", code: "credentials-wrong" });
    expect(error.problems).toMatchObject([{ code: "credentials-wrong" }]);
    expect(error.message).not.toContain("wrong\n");
  });
});

it("files that are still being found are sent while they are", async () => {
  const texts = [unique("first"), unique("second")];
  let sawFirst = false;
  async function* found() {
    yield file("first", texts[0] ?? "");
    const limit = Date.now() + PATIENCE_MS;
    while (!sawFirst && Date.now() < limit) {
      sawFirst = (await bucket.list(keyOf(texts[0] ?? ""))).size > 0;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    yield file("second", texts[1] ?? "");
  }
  const { statistics } = await uploadAttachments(found(), "/p", settings, contents, manifests, V1);
  expect(sawFirst).toBe(true);
  expect(statistics).toMatchObject({ filesProcessed: 2, filesTransferred: 2 });
});

it("the default format is the draft, in which large files are cut", async () => {
  const size = 257 * 2 ** 20;
  const zeros = new Blob(Array<Blob>(257).fill(new Blob([new Uint8Array(2 ** 20)])));
  const tail = unique("tail");
  const files = [{ file: new Blob([zeros, tail]), relativePath: "d/large", lastModified: 1 }];
  const hashed = await hashFilesOnly(files);
  const manifest = await createManifestFromFiles(hashed);
  const split = await uploadManifestAndFiles(manifest, hashed, "/p", settings, contents, manifests);
  const chunkKeys = hashed[0]?.chunkHashes?.map((hash) => `${rootPrefix}/Data/${hash}.xxh128`);
  expect(split.objects.map(({ key }) => key).toSorted()).toEqual(chunkKeys?.toSorted());
  expect(split.statistics).toMatchObject({ filesProcessed: 1 });

  const whole = await uploadAttachments(files, "/p", settings, contents, manifests);
  expect(whole.statistics).toMatchObject({ filesTransferred: 0, bytesSkipped: BigInt(size + tail.length) });
  // Both ways write the same manifest of the same files.
  expect(whole.manifestHash).toBe(split.manifestHash);
  expect((await bucket.head(whole.manifestS3Key)).contentType).toContain("2025-12-04-beta");
});

describe("an upload that is ended", () => {
  it("by the signal before it begins", async () => {
    const signal = AbortSignal.abort();
    const options = { ...V1, signal };
    const upload = uploadAttachments([file("a", "a")], "/p", settings, contents, manifests, options);
    expect(await failure(upload)).toBeInstanceOf(CancelledError);
  });

  it("by the signal while files are being found, however long that takes", async () => {
    const stopper = new AbortController();
    const search = signal();
    let isClosed = false;
    async function* endless() {
      try {
        yield file("a", unique("a"));
        setTimeout(() => stopper.abort(), 300);
        await search.done;
        yield file("b", "b");
      } finally {
        isClosed = true;
      }
    }
    const options = { ...V1, signal: stopper.signal };
    const upload = uploadAttachments(endless(), "/p", settings, contents, manifests, options);
    expect(await failure(upload)).toBeInstanceOf(CancelledError);
    search.fire();
    await expect.poll(() => isClosed, { timeout: PATIENCE_MS }).toBe(true);
  });

  it("by the callback", async () => {
    const options = { ...V1, onProgress: () => false };
    const upload = uploadAttachments([file("a", unique("a"))], "/p", settings, contents, manifests, options);
    expect(await failure(upload)).toBeInstanceOf(CancelledError);
  });

  it("by what the callback or the source throws", async () => {
    const onProgress = () => {
      throw new RangeError("mine");
    };
    const files = [file("a", unique("a"))];
    const told = uploadAttachments(files, "/p", settings, contents, manifests, { ...V1, onProgress });
    await expect(told).rejects.toThrow(new RangeError("mine"));
    async function* broken() {
      yield file("a", unique("a"));
      throw new RangeError("lost the drive");
    }
    const found = uploadAttachments(broken(), "/p", settings, contents, manifests, V1);
    await expect(found).rejects.toThrow(new RangeError("lost the drive"));
  });
});

describe("what cannot be uploaded is refused", () => {
  it.each([
    ["a root that is not absolute", { rootPath: "p" }, "asset-root-not-absolute", "rootPath"],
    ["a root with a separator at its end", { rootPath: "/p/" }, "asset-root-malformed", "rootPath"],
    ["no farm", { manifests: { ...manifests, farmId: "farm-1" } }, "farm-id-malformed", "farmId"],
    ["another bucket", { manifests: { ...manifests, bucket: "other" } }, "locations-differ", "bucket"],
    ["a region that is none", { settings: { ...settings, region: "Mars" } }, "region-malformed", "region"],
    ["too many requests", { concurrency: 65 }, "concurrency-malformed", "concurrency"],
    [
      "an owner that is none",
      { settings: { ...settings, expectedBucketOwner: "1" } },
      "bucket-owner-malformed",
      "expectedBucketOwner",
    ],
  ])("%s", async (_, change, code, field) => {
    const given = { rootPath: "/p", settings, manifests, concurrency: 4, ...change };
    const options = { ...V1, concurrency: given.concurrency };
    const files = [file("a", "a")];
    const upload = uploadAttachments(
      files,
      given.rootPath,
      given.settings,
      contents,
      given.manifests,
      options,
    );
    const error = await failure(upload);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ code, location: { field } });
  });

  it("names, each by itself, and no files at all", async () => {
    const files = [file("../a", "a"), file("b", unique("b")), file("c/./d", "c")];
    const error = await failure(uploadAttachments(files, "/p", settings, contents, manifests, V1));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.code).toMatch(/^path-/);
    expect(error.problems).toMatchObject([{ file: "../a" }, { file: "c/./d" }]);
    const none = await failure(uploadAttachments([], "/p", settings, contents, manifests, V1));
    expect(none).toMatchObject({ name: "ValidationError", code: "nothing-to-upload" });
  });

  it("a manifest that names what is not there", async () => {
    const hashed = await hashFilesOnly([file("a", unique("a"))]);
    const manifest = await createManifestFromFiles(hashed, "v2023-03-03");
    const error = await failure(uploadManifestAndFiles(manifest, [], "/p", settings, contents, manifests));
    expect(error).toMatchObject({ name: "ValidationError", code: "manifest-content-missing" });
  });
});

describe("folders of other names", () => {
  const elsewhere = () => createS3Location(store.bucket, rootPrefix, "Content/Of-Ours", "Lists");

  it("take contents and manifest, and nothing goes to the official ones", async () => {
    const text = unique("a");
    const upload = () => uploadAttachments([file("a", text)], "/p", settings, elsewhere(), manifests, V1);
    const { objects, manifestS3Key, attachments } = await upload();
    const key = `${rootPrefix}/Content/Of-Ours/${hashOf(text)}.xxh128`;
    expect(objects).toMatchObject([{ key, wasWritten: true }]);
    expect(new TextDecoder().decode(await bucket.get(key))).toBe(text);
    expect(manifestS3Key).toBe(`${rootPrefix}/Lists/${attachments.manifests[0]?.inputManifestPath}`);
    expect(Manifest.decode(new TextDecoder().decode(await bucket.get(manifestS3Key))).fileCount).toBe(1);
    expect((await bucket.list(keyOf(text))).size).toBe(0);
    expect((await upload()).statistics).toMatchObject({ filesTransferred: 0, filesSkipped: 1 });
  });

  it("take a large file in parts, and a manifest that is sent by itself", async () => {
    const large = crypto.getRandomValues(new Uint8Array(65_536));
    const files = [{ file: new Blob(Array(300).fill(large)), relativePath: "large", lastModified: 1 }];
    const hashed = await hashFilesOnly(files);
    const orchestrator = new UploadOrchestrator(settings, elsewhere());
    const { objects } = await orchestrator.uploadFiles(hashed);
    expect(objects).toMatchObject([{ key: expect.stringContaining("/Content/Of-Ours/"), wasWritten: true }]);
    const manifest = await createManifestFromFiles(hashed, "v2023-03-03");
    const { manifestS3Key } = await orchestrator.uploadManifest(manifest, "/p", manifests);
    expect(manifestS3Key).toContain(`${rootPrefix}/Lists/${farmId}/`);
    expect(new TextDecoder().decode(await bucket.get(manifestS3Key))).toBe(manifest.encode());
  });

  it("must be ones that a key can have", async () => {
    const location = { ...elsewhere(), casPrefix: "a b" };
    const error = await failure(uploadAttachments([file("a", "a")], "/p", settings, location, manifests, V1));
    expect(error).toMatchObject({
      name: "ValidationError",
      code: "prefix-malformed",
      location: { field: "casPrefix" },
    });
  });
});

it("an executor without lanes hashes before, and its files are sent", async () => {
  const own = new MainThreadExecutor();
  let asked = 0;
  const hashExecutor: HashExecutor = {
    hashFile: (file, options) => own.hashFile(file, options),
    hashFiles: (files, options) => {
      asked += 1;
      return own.hashFiles(files, options);
    },
    dispose: () => own.dispose(),
  };
  const phases = new Set<string>();
  const options = {
    ...V1,
    hashExecutor,
    onProgress: ({ phase }: ProgressUpdate) => void phases.add(phase),
  };
  const text = unique("a");
  await uploadAttachments([file("a", text)], "/p", settings, contents, manifests, options);
  expect(asked).toBe(1);
  expect((await bucket.list(keyOf(text))).size).toBe(1);
  expect([...phases].at(-1)).toBe("complete");
});

it("the steps one by one", async () => {
  const [old, fresh] = [unique("old"), unique("fresh")];
  await bucket.put(keyOf(old), new TextEncoder().encode(old));
  const hashed = await hashFilesOnly([file("old", old), file("fresh", fresh), file("copy", fresh)]);
  const orchestrator = new UploadOrchestrator(settings, contents);
  const { existing, missing } = await orchestrator.checkExistence(hashed);
  expect(existing.map(({ relativePath }) => relativePath)).toEqual(["old"]);
  expect(missing.map(({ relativePath }) => relativePath)).toEqual(["fresh", "copy"]);
  const { statistics } = await orchestrator.uploadFiles(missing);
  expect(statistics).toMatchObject({ filesProcessed: 2, filesTransferred: 1 });
  const manifest = await createManifestFromFiles(hashed, "v2023-03-03");
  const stored = await orchestrator.uploadManifest(manifest, "C:\\projekte\\é", manifests);
  const facts = await bucket.head(stored.manifestS3Key);
  expect(facts.contentType).toBe("application/x-deadline-manifest-2023-03-03");
  expect(facts.metadata["asset-root-json"]).toBe('"C:\\\\projekte\\\\\\u00e9"');
  expect(stored.attachments.manifests[0]).toMatchObject({ rootPathFormat: "windows" });
  const text = new TextDecoder().decode(await bucket.get(stored.manifestS3Key));
  expect(text).toBe(manifest.encode());
});

it("a hash that is not the file's fails the upload and leaves nothing under its name", async () => {
  const [text, other] = [unique("a"), unique("b")];
  const [hashed] = await hashFilesOnly([file("a", text)]);
  if (!hashed) throw new Error("one file in, one out");
  const wrong = { ...hashed, hash: hashOf(other) };
  const orchestrator = new UploadOrchestrator(settings, contents);
  const error = await failure(orchestrator.uploadFiles([wrong]));
  expect(error).toMatchObject({ code: "file-changed" });
  expect((await bucket.list(keyOf(other))).size).toBe(0);
});

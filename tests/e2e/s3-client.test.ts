/** Single objects by the library's client, in every way of signing. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { CancelledError, hashBytes, init, Manifest, StorageError } from "deadlinejs/common";
import {
  createS3Location,
  downloadManifest,
  inputManifestPath,
  manifestKey,
  manifestNameHash,
  type ObjectInfo,
  S3Client,
  SigningRefused,
  type StorageSettings,
} from "deadlinejs/storage";
import { beforeAll, describe, expect, it } from "vitest";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { AnySigner } from "../stores/benches.ts";

const store = storeFromEnvironment();
const { bucket, rootPrefix, farmId, queueId } = store;
const place = { region: store.region, endpoint: store.endpoint, pathStyle: true };
const identity = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey };
const utf8 = new TextEncoder();

const ways: [string, StorageSettings][] = [
  ["an access key", { ...place, credentials: identity }],
  ["a provider", { ...place, credentials: async () => identity }],
  ["a signer elsewhere", { ...place, requestSigner: new AnySigner(store) }],
];

beforeAll(() =>
  init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"))),
);

async function all(listing: AsyncIterable<ObjectInfo>): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for await (const object of listing) found.push(object);
  return found;
}

const newKey = () => `${rootPrefix}/client/${crypto.randomUUID()}`;

describe.each(ways)("with %s", (_, settings) => {
  const client = new S3Client(settings);

  it("an object is written, seen, listed and read", async () => {
    const key = newKey();
    expect(await client.headObject(bucket, key)).toBeNull();
    const body = new Blob(["some bytes"]);
    const options = { contentType: "application/x-test", metadata: { "asset-root": "/p" }, ifAbsent: true };
    await client.putObject(bucket, key, body, options);
    expect(await client.headObject(bucket, key)).toMatchObject({
      key,
      size: 10n,
      contentType: "application/x-test",
      metadata: { "asset-root": "/p" },
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      lastModified: expect.any(Date),
    });
    const listed = await all(client.listObjects(bucket, key));
    expect(listed).toMatchObject([{ key, size: 10n }]);
    const got = await client.getObject(bucket, key, { expectedHash: hashBytes(utf8.encode("some bytes")) });
    expect(await got.text()).toBe("some bytes");
  });

  it("other bytes than expected are an error", async () => {
    const key = newKey();
    await client.putObject(bucket, key, utf8.encode("x"));
    const wrong = client.getObject(bucket, key, { expectedHash: hashBytes(utf8.encode("y")) });
    await expect(wrong).rejects.toMatchObject({ name: "StorageError", code: "content-hash-wrong" });
  });

  it("what the store refuses is an error with a code and the status", async () => {
    const key = newKey();
    await client.putObject(bucket, key, "x");
    const again = client.putObject(bucket, key, "y", { ifAbsent: true });
    await expect(again).rejects.toMatchObject({ code: "object-exists", statusCode: 412 });
    await expect(again).rejects.toBeInstanceOf(StorageError);
    const missing = client.getObject(bucket, newKey());
    await expect(missing).rejects.toMatchObject({ code: "object-missing", statusCode: 404 });
    const nowhere = all(client.listObjects("no-such-bucket", "x"));
    // A signer elsewhere serves one bucket only.
    const code = settings.requestSigner ? "bucket-foreign" : "bucket-missing";
    await expect(nowhere).rejects.toMatchObject({ name: "StorageError", code });
  });

  it("a request that is given up is cancelled", async () => {
    const signal = AbortSignal.abort();
    await expect(client.headObject(bucket, "x", { signal })).rejects.toBeInstanceOf(CancelledError);
    await expect(client.getObject(bucket, "x", { signal })).rejects.toBeInstanceOf(CancelledError);
    const listing = all(client.listObjects(bucket, "x", { signal }));
    await expect(listing).rejects.toBeInstanceOf(CancelledError);
  });

  it("an input manifest is found by what CreateJob is told, and checked", async () => {
    const location = { bucket, rootPrefix, farmId, queueId };
    const [guid, name] = [crypto.randomUUID(), manifestNameHash("/p")];
    const hash = hashBytes(utf8.encode("content"));
    const text = Manifest.createV1([{ path: "a", hash, size: 7n, mtime: 0n }]).encode();
    await client.putObject(bucket, manifestKey(location, guid, name), text);
    const path = inputManifestPath(location, guid, name);
    const s3Location = createS3Location(bucket, rootPrefix);
    const expectedHash = hashBytes(utf8.encode(text));
    const manifest = await downloadManifest(client, s3Location, path, { expectedHash });
    expect(manifest.getPaths()).toEqual([{ path: "a", hash, size: 7n, mtime: 0n }]);
    const wrong = downloadManifest(client, s3Location, path, { expectedHash: hash });
    await expect(wrong).rejects.toMatchObject({ code: "content-hash-wrong" });
  });
});

it("a listing goes on where a page ends", async () => {
  const prefix = newKey();
  const outside = new Bucket(store);
  const count = 1100;
  for (let at = 0; at < count; at += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => outside.put(`${prefix}/${at + i}`, new Uint8Array())),
    );
  const client = new S3Client({ ...place, credentials: identity });
  const keys = (await all(client.listObjects(bucket, `${prefix}/`))).map(({ key }) => key);
  expect(new Set(keys).size).toBe(count);
  expect(keys).toEqual(keys.toSorted());
});

it("wrong credentials, none, and a store that is not there are told apart", async () => {
  const wrong = new S3Client({ ...place, credentials: { ...identity, secretAccessKey: "wrong" } });
  await expect(wrong.putObject(bucket, "x", "x")).rejects.toMatchObject({ code: "credentials-wrong" });
  expect(() => new S3Client(place)).toThrow(expect.objectContaining({ code: "credentials-missing" }));
  const failing = async () => Promise.reject(new Error("signed out"));
  const none = new S3Client({ ...place, credentials: failing });
  await expect(none.headObject(bucket, "x")).rejects.toMatchObject({ code: "credentials-unavailable" });
  const refused = async () => {
    throw new SigningRefused({ code: "credentials-expired", what: "They are over.", next: "Sign in." });
  };
  const expired = new S3Client({ ...place, credentials: refused });
  await expect(expired.headObject(bucket, "x")).rejects.toMatchObject({
    code: "credentials-expired",
    message: expect.stringContaining("Sign in."),
  });
  const nowhere = new S3Client({ ...place, endpoint: "http://127.0.0.1:9", credentials: identity });
  await expect(nowhere.headObject(bucket, "x")).rejects.toMatchObject({ code: "network-unreachable" });
});

it("the hash that was given is the checksum that the store is told, and what it keeps is told back", async () => {
  // None of the servers at hand keeps checksums of this kind.
  let checksum: string | undefined;
  const server = createServer((request, response) => {
    if (request.method === "PUT") checksum = String(request.headers["x-amz-checksum-xxhash128"]);
    if (checksum !== undefined) response.setHeader("x-amz-checksum-xxhash128", checksum);
    request.resume().on("end", () => response.end());
  });
  const { port } = await new Promise<AddressInfo>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address() as AddressInfo));
  });
  try {
    const settings = { ...place, endpoint: `http://127.0.0.1:${port}`, credentials: identity };
    const client = new S3Client(settings);
    const hash = hashBytes(new Uint8Array());
    await client.putObject(bucket, "x", new Blob(), { hash });
    expect(Buffer.from(checksum ?? "", "base64").toString("hex")).toBe(hash);
    expect(await client.headObject(bucket, "x")).toMatchObject({ verifiedHash: hash });
    await expect(client.putObject(bucket, "x", "x", { hash: "X" })).rejects.toMatchObject({
      code: "hash-invalid",
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

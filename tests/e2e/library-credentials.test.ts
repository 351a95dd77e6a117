/** What the library does when S3 calls its credentials expired in the middle of an upload. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createS3Location, init, type StorageSettings, uploadAttachments } from "deadlinejs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { StrictGateway } from "../gateway/client.ts";
import { storeFromEnvironment } from "../s3.ts";

const store = storeFromEnvironment();
const { region, rootPrefix, farmId, queueId } = store;
const identity = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey };
const expired = { kind: "answer", status: 400, code: "ExpiredToken" } as const;
let gateway: StrictGateway;

beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  gateway = await StrictGateway.open(store);
});
beforeEach(() => gateway.reset());
afterAll(() => gateway?.close());

function upload(credentials: StorageSettings["credentials"]) {
  const settings = { region, endpoint: gateway.origin, pathStyle: true, ...(credentials && { credentials }) };
  const contents = createS3Location(store.bucket, rootPrefix);
  const manifests = { bucket: store.bucket, rootPrefix, farmId, queueId };
  const file = { file: new Blob([crypto.randomUUID()]), relativePath: "a", lastModified: 1 };
  const options = { manifestVersion: "v2023-03-03" } as const;
  return uploadAttachments([file], "/p", settings, contents, manifests, options);
}

it("a provider is asked again, and the upload goes on", async () => {
  await gateway.inject({ when: { operation: "PutObject" }, fault: expired });
  let asked = 0;
  const result = await upload(async () => {
    asked += 1;
    // Good for an hour, as it believes itself.
    return { ...identity, expiration: new Date(Date.now() + 3_600_000) };
  });
  expect(asked).toBe(2);
  expect(await gateway.fired()).toEqual([1]);
  expect(result.statistics.filesTransferred).toBe(1);
});

it("an access key cannot be renewed: the upload ends and says so", async () => {
  await gateway.inject({ when: { operation: "PutObject" }, times: "always", fault: expired });
  await expect(upload(identity)).rejects.toMatchObject({
    name: "StorageError",
    code: "credentials-expired",
    message: expect.stringContaining("Sign in again"),
    problems: [{ code: "credentials-expired" }],
  });
});

it("a provider that has none any more ends the upload with its own words", async () => {
  await gateway.inject({ when: { operation: "PutObject" }, fault: expired });
  let asked = 0;
  const provider = async () => {
    asked += 1;
    if (asked > 1) throw new Error("signed out");
    return identity;
  };
  await expect(upload(provider)).rejects.toMatchObject({
    code: "credentials-unavailable",
    message: expect.stringContaining("signed out"),
  });
});

it("a provider whose credentials are always expired is not asked for ever", async () => {
  await gateway.inject({ when: { operation: "PutObject" }, times: "always", fault: expired });
  let asked = 0;
  const provider = async () => {
    asked += 1;
    return identity;
  };
  await expect(upload(provider)).rejects.toMatchObject({ code: "credentials-expired" });
  expect(asked).toBeLessThan(10);
});

it("S3 compares the bytes with their key, and the result says so", async () => {
  const { objects } = await upload(identity);
  expect(objects).toMatchObject([{ wasWritten: true, verification: "by-server" }]);
});

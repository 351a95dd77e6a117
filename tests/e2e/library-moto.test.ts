/** Uploads by the library on moto, whose answers differ from SeaweedFS's in many ways. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  createS3Location,
  downloadManifest,
  hashBytes,
  init,
  type PlacedFile,
  S3Client,
  uploadAttachments,
} from "deadlinejs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Moto, startMoto } from "../moto.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";

let moto: Moto;
beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  moto = await startMoto(storeFromEnvironment());
});
afterAll(() => moto?.[Symbol.asyncDispose]());

it("small files and one of many parts arrive and are read back, and are not sent again", async () => {
  const { region, endpoint, bucket, rootPrefix, farmId, queueId, ...keys } = moto.store;
  const credentials = { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey };
  const settings = { region, endpoint, pathStyle: true, credentials };
  const contents = createS3Location(bucket, rootPrefix);
  const large = crypto.getRandomValues(new Uint8Array(65536));
  const files: PlacedFile[] = [
    { file: new Blob(["a"]), relativePath: "a", lastModified: 1 },
    { file: new Blob([]), relativePath: "empty", lastModified: 1 },
    { file: new Blob(Array<BlobPart>(600).fill(large)), relativePath: "large", lastModified: 1 },
  ];
  const upload = () =>
    uploadAttachments(
      files,
      "/p",
      settings,
      contents,
      { bucket, rootPrefix, farmId, queueId },
      {
        manifestVersion: "v2023-03-03",
      },
    );
  const { attachments, statistics, manifestHash } = await upload();
  expect(statistics).toMatchObject({ filesProcessed: 3, filesTransferred: 3 });

  const client = new S3Client(settings);
  const path = attachments.manifests[0]?.inputManifestPath ?? "";
  const manifest = await downloadManifest(client, contents, path, { expectedHash: manifestHash });
  const outside = new Bucket(moto.store);
  for (const { path, hash, size } of manifest.getPaths()) {
    const bytes = await outside.get(`${rootPrefix}/Data/${hash}.xxh128`);
    expect([path, hashBytes(bytes), BigInt(bytes.length)]).toEqual([path, hash, size]);
  }
  // Of the object made of parts moto tells a checksum that is none (32 bytes): its size has to do.
  const again = await upload();
  expect(again.manifestHash).toBe(manifestHash);
  expect(again.statistics).toMatchObject({ filesProcessed: 3, filesTransferred: 0 });
  expect(again.objects.find(({ size }) => size > 1n)).toMatchObject({
    wasWritten: false,
    verification: "by-size",
  });
});

import { init, Manifest, type S3Location } from "../common/index.ts";
import type { GetOptions, S3Client } from "./s3-client.ts";

/**
 * Reads an input manifest that a job's `attachments` name.
 *
 * @param client reads it
 * @param location where the queue's manifests are
 * @param inputManifestPath from the job's `attachments`: the key below `{rootPrefix}/{manifestPrefix}/`
 * @param options `expectedHash`: `inputManifestHash` from the same place, which the bytes must have
 * @throws as `S3Client.getObject`; `ValidationError` for a text that is no manifest
 */
export async function downloadManifest(
  client: S3Client,
  location: S3Location,
  inputManifestPath: string,
  options: GetOptions = {},
): Promise<Manifest> {
  await init();
  const { bucket, rootPrefix, manifestPrefix } = location;
  const key = `${rootPrefix}/${manifestPrefix}/${inputManifestPath}`;
  const blob = await client.getObject(bucket, key, options);
  return Manifest.decode(await blob.text());
}

/** For bundlers: every entry of the package, so that all of it is bundled. */
import { createManifestFromFiles, hashFilesOnly, S3Client } from "deadlinejs";
import * as common from "deadlinejs/common";
import * as hash from "deadlinejs/hash";
import { SdkStore } from "deadlinejs/storage";
import { job } from "./job.js";

async function run() {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  // Nobody listens there.
  const settings = { region: "us-west-2", credentials, endpoint: "http://127.0.0.1:9", pathStyle: true };
  const client = new S3Client(settings);
  const storage = await client.headObject("bucket", "key").catch((error) => error.code);
  const answer = await new SdkStore(settings, "bucket").send({ method: "HEAD", key: "k", headers: {} });
  const hashed = await hashFilesOnly([new File(["hello"], "b.txt", { lastModified: 1000 })]);
  const manifest = await createManifestFromFiles(hashed, "v2023-03-03");
  return { ...(await job(common, hash)), storage, answer, files: manifest.fileCount };
}

globalThis.outcome = run().catch((error) => ({ error: `${error.stack}` }));

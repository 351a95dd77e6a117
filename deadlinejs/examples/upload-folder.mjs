// node upload-folder.mjs FOLDER ASSET_ROOT    What it has to know of the queue comes from the environment.
import { openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { createS3Location, init, uploadAttachments } from "deadlinejs";

const [folder, rootPath] = process.argv.slice(2);
const { env } = process;
const {
  BUCKET: bucket,
  ROOT_PREFIX: rootPrefix,
  FARM_ID: farmId,
  QUEUE_ID: queueId,
  ENDPOINT: endpoint,
} = env;

async function* files() {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const relativePath = relative(folder, path).split(sep).join("/");
    yield { file: await openAsBlob(path), relativePath, lastModified: (await stat(path)).mtimeMs };
  }
}

await init();
const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
const credentials = { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN };
const settings = { region: env.AWS_REGION, credentials, ...(endpoint && { endpoint, pathStyle: true }) };
const contents = createS3Location(bucket, rootPrefix);
const manifests = { bucket, rootPrefix, farmId, queueId };
const options = { manifestVersion: "v2023-03-03" };
const result = await uploadAttachments(files(), rootPath, settings, contents, manifests, options);
console.log(JSON.stringify(result.attachments, null, 2));

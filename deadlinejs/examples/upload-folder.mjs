// node upload-folder.mjs FOLDER ASSET_ROOT    What it has to know of the queue comes from the environment.
import { openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { createS3Location, init, uploadAttachments } from "deadlinejs";

const [folder, rootPath] = process.argv.slice(2);
const { env } = process;

async function* files() {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const relativePath = relative(folder, path).split(sep).join("/");
    yield { file: await openAsBlob(path), relativePath, lastModified: (await stat(path)).mtimeMs };
  }
}

await init();
const secrets = { secretAccessKey: env.AWS_SECRET_ACCESS_KEY, sessionToken: env.AWS_SESSION_TOKEN };
const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, ...secrets };
const server = { region: env.AWS_REGION, endpoint: env.ENDPOINT, pathStyle: env.ENDPOINT !== undefined };
const place = { bucket: env.BUCKET, rootPrefix: env.ROOT_PREFIX };
const contents = createS3Location(place.bucket, place.rootPrefix);
const manifests = { ...place, farmId: env.FARM_ID, queueId: env.QUEUE_ID };
const options = { manifestVersion: "v2023-03-03" };
const settings = { ...server, credentials };
const result = await uploadAttachments(files(), rootPath, settings, contents, manifests, options);
console.log(JSON.stringify(result.attachments, null, 2));

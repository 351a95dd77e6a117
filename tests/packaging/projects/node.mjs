/** In Node: files from disk, read piece by piece. Prints the outcome. */
import { openAsBlob } from "node:fs";
import { createManifestFromFiles, hashFilesOnly } from "deadlinejs";
import * as common from "deadlinejs/common";
import * as hash from "deadlinejs/hash";
import { job } from "./job.js";

const file = new File([await openAsBlob(process.argv[2])], "from-disk", { lastModified: 0 });
const [fromDisk] = await hashFilesOnly([file]);
const manifest = await createManifestFromFiles([fromDisk], "v2023-03-03");
const outcome = { ...(await job(common, hash)), fromDisk: fromDisk.hash, files: manifest.fileCount };
console.log(JSON.stringify(outcome));

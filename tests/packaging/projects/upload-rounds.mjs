/**
 * In Node: uploads a file as often as it is told to, with `node upload-rounds.mjs FILE ENDPOINT ROUNDS`, and
 * prints the most private memory that this process had in the first tenth of the rounds, and in all, in bytes.
 */
import { openAsBlob, readFileSync } from "node:fs";
import { createS3Location, init, uploadAttachments } from "deadlinejs";

const [path, endpoint, rounds] = process.argv.slice(2);
const memory = () => Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
let early = 0;
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, memory());
}, 50);

await init();
const place = { bucket: "bucket-of-nobody", rootPrefix: "DeadlineCloud" };
const contents = createS3Location(place.bucket, place.rootPrefix);
const queue = { farmId: `farm-${"0".repeat(32)}`, queueId: `queue-${"0".repeat(32)}` };
const credentials = { accessKeyId: "a", secretAccessKey: "b" };
const settings = { region: "us-west-2", endpoint, pathStyle: true, credentials };
for (let round = 0; round < Number(rounds); round++) {
  const file = { file: await openAsBlob(path), relativePath: "file", lastModified: 1 };
  const options = { manifestVersion: "v2023-03-03" };
  await uploadAttachments([file], "/p", settings, contents, { ...place, ...queue }, options);
  if (round < Number(rounds) / 10) early = peak;
}
clearInterval(watch);
console.log(JSON.stringify({ early, peak }));

/** A strict project that sees the declarations, and none of Node. */
import {
  type AttachmentError,
  createManifestFromFiles,
  type HashedFile,
  hashFilesOnly,
  init,
  type ManifestPath,
  type ProgressUpdate,
  StorageError,
} from "deadlinejs";
import { READ_CHUNK_SIZE, SMALL_FILE_THRESHOLD } from "deadlinejs/common";
import { createHashExecutor, type HashExecutor } from "deadlinejs/hash";
import { init as initSlim } from "deadlinejs/slim";
import { createS3Location, S3Client, type StorageSettings } from "deadlinejs/storage";

export async function use(file: File, settings: StorageSettings): Promise<readonly ManifestPath[]> {
  await init(new URL("https://example.com/module.wasm"));
  await initSlim(new Uint8Array());
  const executor: HashExecutor = createHashExecutor("pool", { poolSize: 2 });
  const hashed: HashedFile[] = await hashFilesOnly([file], {
    hashExecutor: executor,
    onProgress: (progress: ProgressUpdate) => progress.bytesProcessed < SMALL_FILE_THRESHOLD,
  });
  try {
    const { bucket } = createS3Location("bucket", "DeadlineCloud");
    const blob: Blob = await new S3Client(settings).getObject(bucket, "key");
    if (blob.size > READ_CHUNK_SIZE) throw new RangeError("large");
  } catch (error) {
    if (error instanceof StorageError) console.log(error.statusCode?.toFixed(), error.code);
    const other: AttachmentError | undefined = undefined;
    if (other) throw other;
  }
  return (await createManifestFromFiles(hashed, "v2023-03-03")).getPaths();
}

import { throwIfCancelled, unlessCancelled } from "../common/cancellation.ts";
import { AttachmentError, type HashedFile, init, type ReadFailure } from "../common/index.ts";
import { bundles, type NumberedFile } from "./bundles.ts";
import { chunkSizeOf, type FileHash, fileHash } from "./file-hasher.ts";
import { type FilesToHash, microseconds } from "./file-to-hash.ts";
import type { HashOptions } from "./hash-executor.ts";
import type { HashLanes } from "./hash-lanes.ts";
import type { HashJob, HashReport } from "./hash-messages.ts";
import { HashProgress } from "./hash-progress.ts";

/** Hashes all files on these lanes; see `HashExecutor.hashFiles`. */
export async function hashAll(
  lanes: HashLanes,
  files: FilesToHash,
  { signal, onProgress }: HashOptions,
): Promise<HashedFile[]> {
  throwIfCancelled(signal);
  const hashed: HashedFile[] = [];
  const stopper = new AbortController();
  // The first one counts: what comes after it comes of it.
  const stop = (reason: unknown) => stopper.abort(reason);
  const onAbort = () => stop(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  const progress = new HashProgress(onProgress);
  const source = bundles(files);

  const takeReport = (bundle: NumberedFile[], report: HashReport) => {
    // Reports that were under way when the work ended.
    if (stopper.signal.aborted) return;
    const numbered = bundle.find(({ id }) => id === report.id);
    if (!numbered) return;
    if (report.type === "failed") throw unreadable(numbered.relativePath, report.why);
    if (report.type === "hashed") {
      const { id } = report;
      const { file, relativePath, lastModified } = numbered;
      const [size, mtime] = [BigInt(file.size), microseconds(lastModified)];
      hashed[id] = { file, relativePath, size, mtime, ...fileHash(report) };
    }
    progress.take(numbered, report);
  };

  const lane = async () => {
    // It knows which files have chunks.
    await unlessCancelled(init(), stopper.signal);
    for (;;) {
      // The source may be as slow as a person who is asked for a permission.
      const { value: bundle, done } = await unlessCancelled(source.next(), stopper.signal);
      if (done || !bundle) return;
      progress.find(bundle);
      let failure: unknown;
      const report = (report: HashReport) => {
        try {
          takeReport(bundle, report);
        } catch (error) {
          failure ??= error;
          stop(error);
        }
      };
      const job = { files: bundle.map(cut) };
      await lanes.run(job, report, stopper.signal).catch((error: unknown) => {
        throw failure ?? error;
      });
    }
  };
  const guarded = () => lane().catch((error: unknown) => void stop(error));
  try {
    await Promise.all(Array.from({ length: lanes.count }, guarded));
    throwWhyStopped(stopper.signal, signal);
    progress.end();
    return hashed;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    // Lets a generator clean up; it may hang in something that cannot be stopped, so nobody waits for it.
    source.return().catch(() => undefined);
  }
}

/** With the chunks of a large file. */
function cut({ id, file }: NumberedFile): HashJob["files"][number] {
  const pieceSize = chunkSizeOf(file.size);
  return { id, file, ...(pieceSize !== undefined && { pieceSize }) };
}

function throwWhyStopped(stopped: AbortSignal, outer: AbortSignal | undefined): void {
  if (!stopped.aborted) return;
  throwIfCancelled(outer);
  throw stopped.reason;
}

/** Hashes one file on these lanes; see `HashExecutor.hashFile`. */
export async function hashSingle(lanes: HashLanes, file: Blob, options: HashOptions): Promise<FileHash> {
  const placed = { file, relativePath: nameOf(file), lastModified: 0 };
  const [hashed] = await hashAll(lanes, [placed], options);
  if (!hashed) throw new Error("one file in, one hash out");
  const { hash, chunkHashes } = hashed;
  return { hash, ...(chunkHashes && { chunkHashes: [...chunkHashes] }) };
}

/** The name of a file, for people. */
export function nameOf(file: Blob): string {
  return "name" in file ? String(file.name) : "(a file without a name)";
}

/** The error for a file that cannot be read. */
export function unreadable(path: string, why: ReadFailure): AttachmentError {
  return why === "changed"
    ? new AttachmentError(
        `${path}: this file changed while it was being read. Wait until nothing writes to it, then start again.`,
        "file-changed",
      )
    : new AttachmentError(
        `${path}: this file could not be read. Check that it is there and that you may open it, then start again.`,
        "file-unreadable",
      );
}

import { init, type S3Location, type UploadSettings } from "../common/index.ts";
import { createHashExecutor, type HashLanes, MainThreadExecutor } from "../hash/index.ts";
import { type Journal, openJournal } from "../journal/index.ts";
import { type ObjectStore, objectStore, type StorageSettings } from "../storage/index.ts";
import type { UploadOptions } from "./upload-options.ts";

/** What an upload works with. */
export interface Tools {
  readonly store: ObjectStore;
  readonly lanes: HashLanes;
  readonly journal: Journal | undefined;
  readonly checksums: UploadSettings["checksums"];
}

/** Whose contents and whose paths the journal is asked for. */
export interface JournalOf {
  readonly contents: S3Location;
  /** Nothing for contents without an asset root. */
  readonly rootPath: string;
}

/** Does work with everything that an upload needs, and gives back what was made for it. */
export async function withTools<T>(
  settings: StorageSettings,
  of: JournalOf,
  { hashExecutor, journal }: UploadOptions,
  work: (tools: Tools) => Promise<T>,
): Promise<T> {
  await init();
  const disposers: (() => void)[] = [];
  try {
    const store = objectStore(settings, of.contents.bucket);
    if ("dispose" in store) disposers.push(() => (store as { dispose(): void }).dispose());
    // One of the caller's that has no lanes has hashed the files; only their parts are left.
    const executor = hashExecutor
      ? hashExecutor.lanes
        ? hashExecutor
        : new MainThreadExecutor()
      : createHashExecutor();
    if (executor !== hashExecutor) disposers.push(() => executor.dispose());
    const opened = journal === true ? await openJournal(journalPlace(settings, of)) : journal || undefined;
    if (journal === true) disposers.push(() => opened?.close());
    const checksums = await opened?.checksums();
    return await work({ store, lanes: executor.lanes as HashLanes, journal: opened, checksums });
  } finally {
    for (const dispose of disposers) dispose();
  }
}

function journalPlace({ endpoint, region }: StorageSettings, { contents, rootPath }: JournalOf) {
  const { bucket, rootPrefix, casPrefix } = contents;
  return { store: `${endpoint ?? `aws:${region}`}/${bucket}/${rootPrefix}/${casPrefix}`, root: rootPath };
}

import { type JournalDatabase, openDatabase } from "./journal-database.ts";
import type { UnfinishedUpload } from "./unfinished-upload.ts";

/**
 * Notes that an upload has begun, so that it can be offered again after a crash. Does nothing where there is
 * no database, or it fails. No secret is noted.
 */
export async function noteUnfinished(upload: UnfinishedUpload): Promise<void> {
  const { uploadId, label, profileName, startedAt, roots, patterns } = upload;
  await attempt((database) =>
    database.put(
      "unfinished",
      { uploadId, label, profileName, startedAt, roots, ...(patterns && { patterns }) },
      uploadId,
    ),
  );
}

/**
 * Uploads that were noted and not forgotten, the latest first. Those that are running are among them: the
 * caller knows which. `[]` where there is no database, or it fails.
 */
export async function listUnfinished(): Promise<UnfinishedUpload[]> {
  const uploads = (await attempt((database) => database.getAll("unfinished"))) ?? [];
  return uploads.sort((one, other) => other.startedAt - one.startedAt);
}

/** Forgets an upload: it has ended, or is not wanted any more. */
export async function forgetUnfinished(uploadId: string): Promise<void> {
  await attempt((database) => database.delete("unfinished", uploadId));
}

/** @returns `undefined` where there is no database, or it fails */
async function attempt<T>(work: (database: JournalDatabase) => Promise<T>): Promise<T | undefined> {
  const database = await openDatabase();
  try {
    return database && (await work(database));
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

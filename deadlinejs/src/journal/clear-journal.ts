import { AttachmentError } from "../common/index.ts";
import { openDatabase } from "./journal-database.ts";

/**
 * Forgets everything: hashes, seen contents, uploads that were begun, and those that might be continued, of
 * all stores and roots. Uploads that are running go on, and write down what they do from then on.
 *
 * @throws `AttachmentError` with code `journal-not-cleared`
 */
export async function clearJournal(): Promise<void> {
  if (globalThis.indexedDB === undefined) return;
  const database = await openDatabase();
  try {
    if (database === undefined) throw new Error("The database could not be opened.");
    const names = Array.from(database.objectStoreNames);
    const transaction = database.transaction(names, "readwrite");
    await Promise.all([...names.map((name) => transaction.objectStore(name).clear()), transaction.done]);
  } catch (cause) {
    throw new AttachmentError(
      "What earlier uploads have remembered could not be cleared. Try again, or delete the site data in the browser's settings.",
      "journal-not-cleared",
      { cause },
    );
  } finally {
    database?.close();
  }
}

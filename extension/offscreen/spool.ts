/**
 * A place for what comes from the network before it is read as a file: a little of it in memory, more than that in the
 * origin's private file system. What lies there is no secret, but it is removed as soon as its upload is over.
 */

/** Bytes that are kept in memory. */
export const MEMORY_LIMIT = 32 * 1024 * 1024;
/** The folder in the origin's private file system. */
const FOLDER = "fetched";

/** What came, and how to be rid of it. */
export interface Spooled {
  content: Blob;
  /** Removes what is on disk of it. */
  remove: () => Promise<void>;
}

/** What {@link spool} needs of a folder. */
type Folder = Pick<FileSystemDirectoryHandle, "getFileHandle" | "removeEntry">;

/** Takes all that comes. Rejects when the stream breaks, or there is no room for it. */
export async function spool(
  stream: ReadableStream<Uint8Array>,
  openFolder: () => Promise<Folder> = fetchedFolder,
): Promise<Spooled> {
  const reader = stream.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value as Uint8Array<ArrayBuffer>);
    held += next.value.byteLength;
    if (held > MEMORY_LIMIT) return spoolToDisk(chunks, reader, await openFolder());
  }
  return { content: new Blob(chunks), remove: async () => undefined };
}

async function spoolToDisk(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
  folder: Folder,
): Promise<Spooled> {
  const name = crypto.randomUUID();
  const remove = (): Promise<void> => folder.removeEntry(name);
  const file = await folder.getFileHandle(name, { create: true });
  try {
    const writer = await file.createWritable();
    for (const chunk of chunks) await writer.write(chunk);
    for (let next = await reader.read(); !next.done; next = await reader.read())
      await writer.write(next.value as Uint8Array<ArrayBuffer>);
    await writer.close();
    return { content: await file.getFile(), remove };
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    await remove().catch(() => undefined);
    throw error;
  }
}

let emptied: Promise<void> | undefined;

/** The folder, rid of what an engine host that crashed has left in it. There is one engine host at a time. */
async function fetchedFolder(): Promise<Folder> {
  const root = await navigator.storage.getDirectory();
  emptied ??= root.removeEntry(FOLDER, { recursive: true }).catch(() => undefined);
  await emptied;
  return root.getDirectoryHandle(FOLDER, { create: true });
}

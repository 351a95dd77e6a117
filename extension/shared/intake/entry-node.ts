import type { Root } from "../messages.ts";
import type { TreeNode } from "./tree-node.ts";

/** Gives the handle to the same thing; nothing where the browser has none, or gives none for this. */
type FindHandle = () => Promise<Root | null>;

/**
 * What was dropped, as every browser gives it for the time of the drop.
 *
 * Only entries list everything: handles leave out, without a word, names that some system does not like, such as `a:b.exr`
 * or `scene.blend~`. But an entry makes the page stand still for each file that it opens, ten times as long as a handle
 * takes (Chromium 156, 20,000 files). So entries list, and handles open what they can.
 */
export function entryNode(entry: FileSystemEntry, handle: FindHandle = noHandle): TreeNode {
  const { name } = entry;
  if (isDirectory(entry)) return { name, list: () => listEntries(entry, handle) };
  if (isFile(entry)) return { name, open: () => openFile(entry, handle) };
  return { name };
}

async function noHandle(): Promise<null> {
  return null;
}

async function openFile(entry: FileSystemFileEntry, findHandle: FindHandle): Promise<File> {
  try {
    const handle = await findHandle();
    if (handle?.kind === "file") return await handle.getFile();
  } catch {
    // What a handle may not do, the entry may.
  }
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function* listEntries(
  entry: FileSystemDirectoryEntry,
  findHandle: FindHandle,
): AsyncGenerator<TreeNode[]> {
  const handle = await findHandle().catch(() => null);
  const folder = handle?.kind === "directory" ? handle : null;
  const reader = entry.createReader();
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    // A folder is only at its end when a reading gives nothing: browsers give about 100 entries at a time.
    if (entries.length === 0) return;
    yield entries.map((inside) => entryNode(inside, () => handleIn(folder, inside)));
  }
}

async function handleIn(
  folder: FileSystemDirectoryHandle | null,
  entry: FileSystemEntry,
): Promise<Root | null> {
  if (folder === null) return null;
  return entry.isDirectory ? folder.getDirectoryHandle(entry.name) : folder.getFileHandle(entry.name);
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

import type { TreeNode } from "./tree-node.ts";

/** What was dropped, as every browser gives it for the time of the drop. */
export function entryNode(entry: FileSystemEntry): TreeNode {
  const { name } = entry;
  if (isDirectory(entry)) return { name, list: () => listEntries(entry) };
  if (isFile(entry))
    return { name, open: () => new Promise((resolve, reject) => entry.file(resolve, reject)) };
  return { name };
}

async function* listEntries(entry: FileSystemDirectoryEntry): AsyncGenerator<TreeNode[]> {
  const reader = entry.createReader();
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    // A folder is only at its end when a reading gives nothing: browsers give about 100 entries at a time.
    if (entries.length === 0) return;
    yield entries.map(entryNode);
  }
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

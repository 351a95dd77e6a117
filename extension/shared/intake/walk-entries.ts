import type { FoundFile, NotTaken } from "../messages.ts";
import type { IntakeItem } from "./intake.ts";

/** How many files of a folder are opened at once: one by one is slow, all at once is unbounded. */
const OPENED_AT_ONCE = 100;

interface Folder {
  entry: FileSystemDirectoryEntry;
  path: string;
}

/**
 * Finds every file below the dropped entries, folder by folder and only as fast as it is asked. What cannot be read
 * and folders that hold nothing are told as {@link NotTaken}.
 *
 * Symbolic links inside a folder are left out by the browser before anything can be seen of them: neither entries nor
 * directory handles list them, and asking for one by its name finds nothing. The page says so, since nothing can be
 * told by name. A link that is dropped itself comes as what it leads to.
 */
export async function* walkEntries(entries: readonly FileSystemEntry[]): AsyncGenerator<IntakeItem> {
  const folders: Folder[] = [];
  yield* filesOf("", entries, folders);
  folders.reverse();
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const inside: Folder[] = [];
    yield* walkFolder(folder, inside);
    folders.push(...inside.reverse());
  }
}

/** Yields the folder's own files and collects the folders in it. */
async function* walkFolder(folder: Folder, inside: Folder[]): AsyncGenerator<IntakeItem> {
  const reader = folder.entry.createReader();
  let empty = true;
  for (;;) {
    let entries: FileSystemEntry[];
    try {
      entries = await readSome(reader);
    } catch (error) {
      yield { path: folder.path, code: "unreadable-folder", reason: whyUnreadable(error) };
      return;
    }
    // A folder is only at its end when a reading gives nothing: browsers give about 100 entries at a time.
    if (entries.length === 0) break;
    empty = false;
    yield* filesOf(folder.path, entries, inside);
  }
  if (empty) {
    yield {
      path: folder.path,
      code: "empty-folder",
      reason: "A manifest lists files only, so a folder that is empty, or holds only links, is left out.",
    };
  }
}

async function* filesOf(
  parent: string,
  entries: readonly FileSystemEntry[],
  folders: Folder[],
): AsyncGenerator<IntakeItem> {
  for (let start = 0; start < entries.length; start += OPENED_AT_ONCE) {
    const opening: Promise<IntakeItem>[] = [];
    for (const entry of entries.slice(start, start + OPENED_AT_ONCE)) {
      const path = parent === "" ? entry.name : `${parent}/${entry.name}`;
      if (entry.name === "") opening.push(Promise.resolve(nameless(parent)));
      else if (isDirectory(entry)) folders.push({ entry, path });
      else if (isFile(entry)) opening.push(open(entry, path));
      else opening.push(Promise.resolve(neither(path)));
    }
    yield* await Promise.all(opening);
  }
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function readSome(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

async function open(entry: FileSystemFileEntry, relativePath: string): Promise<FoundFile | NotTaken> {
  try {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return { file, relativePath };
  } catch (error) {
    return { path: relativePath, code: "unreadable-file", reason: whyUnreadable(error) };
  }
}

/** Chromium gives an empty name where the name on disk is not valid text, and mostly cannot open what has it. */
function nameless(parent: string): NotTaken {
  return {
    path: parent === "" ? "dropped item" : parent,
    code: "name-not-unicode",
    reason: `A name in this ${parent === "" ? "drop" : "folder"} holds bytes that are not valid text. Rename it.`,
  };
}

function neither(path: string): NotTaken {
  return { path, code: "unreadable-file", reason: "This is neither a file nor a folder." };
}

/** The browser tells no more than the name of the error; the words say what that means on a disk. */
function whyUnreadable(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "unknown error";
  if (name === "NotFoundError") {
    return "The browser could not find it: it was moved or deleted, or its path is too long (NotFoundError).";
  }
  return `The browser was not able to read it (${name}).`;
}

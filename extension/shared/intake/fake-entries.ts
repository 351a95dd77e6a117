/**
 * Hand-written stand-ins for the browser's file system entries, for tests of the walk only. They give entries in
 * batches, as browsers do.
 */
import type { Intake, IntakeItem } from "./intake.ts";

/** How many entries one reading of a folder gives at most, as in Chromium. */
const ENTRIES_PER_READING = 100;

/** A file entry that opens, or fails with the given error. */
export function fakeFile(name: string, failure?: DOMException): FileSystemFileEntry {
  return {
    ...common(name),
    isFile: true,
    isDirectory: false,
    file: (found, failed) => {
      if (failure) failed?.(failure);
      else found(new File(["x"], name));
    },
  };
}

/** A folder entry that lists the given entries in batches, and after them ends or fails. */
export function fakeFolder(
  name: string,
  inside: readonly FileSystemEntry[],
  failure?: DOMException,
): FileSystemDirectoryEntry {
  return {
    ...common(name),
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let next = 0;
      return {
        readEntries: (found, failed) => {
          if (failure && next >= inside.length) {
            failed?.(failure);
            return;
          }
          const batch = inside.slice(next, next + ENTRIES_PER_READING);
          next += batch.length;
          found(batch);
        },
      };
    },
    getDirectory: unused,
    getFile: unused,
  };
}

function common(name: string): Pick<FileSystemEntry, "name" | "fullPath" | "filesystem" | "getParent"> {
  return { name, fullPath: `/${name}`, filesystem: {} as FileSystem, getParent: unused };
}

function unused(): void {
  throw new Error("the walk does not use this");
}

/** Everything that came in, walked to its end. */
export async function collect(items: Intake["items"]): Promise<IntakeItem[]> {
  const all: IntakeItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

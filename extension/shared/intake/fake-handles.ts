/** Hand-written stand-ins for Chromium's handles to files and folders. */
import type { Root } from "../messages.ts";

type Folder = FileSystemDirectoryHandle;

/** A handle to a file with this text, or to one that cannot be opened. */
export function fakeFileHandle(name: string, text = "x", failure?: DOMException): FileSystemFileHandle {
  const handle = {
    kind: "file",
    name,
    queryPermission: async () => "granted",
    getFile: async () => {
      if (failure) throw failure;
      return new File([text], name);
    },
  };
  return handle as unknown as FileSystemFileHandle;
}

/** A handle to a folder that holds these, and may be read or not. */
export function fakeFolderHandle(name: string, inside: readonly Root[], permission = "granted"): Folder {
  const find = (kind: Root["kind"]) => async (wanted: string) => {
    const found = inside.find((each) => each.name === wanted && each.kind === kind);
    if (!found) throw new DOMException("not there", "NotFoundError");
    return found;
  };
  const handle = {
    kind: "directory",
    name,
    queryPermission: async () => permission,
    getFileHandle: find("file"),
    getDirectoryHandle: find("directory"),
    async *values() {
      yield* inside;
    },
  };
  return handle as unknown as Folder;
}

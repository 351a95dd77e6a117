import type { FoundFile, NotTaken } from "../messages.ts";
import { text } from "../text.ts";
import type { IntakeItem } from "./intake.ts";
import { OPENED_AT_ONCE, type TreeNode } from "./tree-node.ts";

interface Folder {
  list: NonNullable<TreeNode["list"]>;
  path: string;
}

/**
 * Finds every file in what came in, folder by folder and only as fast as it is asked. What cannot be read
 * and folders that hold nothing are told as {@link NotTaken}.
 *
 * Symbolic links inside a folder are left out by the browser before anything can be seen of them: neither entries nor
 * directory handles list them, and asking for one by its name finds nothing. The page says so, since nothing can be
 * told by name. A link that is dropped itself comes as what it leads to, or cannot be listed
 * (Chromium 148), which is told by name.
 */
export async function* walk(nodes: readonly TreeNode[]): AsyncGenerator<IntakeItem> {
  const folders: Folder[] = [];
  yield* filesOf("", nodes, folders);
  folders.reverse();
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const inside: Folder[] = [];
    yield* walkFolder(folder, inside);
    folders.push(...inside.reverse());
  }
}

/** Yields the folder's own files and collects the folders in it. */
async function* walkFolder(folder: Folder, inside: Folder[]): AsyncGenerator<IntakeItem> {
  let empty = true;
  try {
    for await (const nodes of folder.list()) {
      empty = false;
      yield* filesOf(folder.path, nodes, inside);
    }
  } catch (error) {
    yield { path: folder.path, code: "unreadable-folder", reason: whyUnreadable(error) };
    return;
  }
  if (empty) {
    yield {
      path: folder.path,
      code: "empty-folder",
      reason: text("intakeEmptyFolder"),
    };
  }
}

async function* filesOf(
  parent: string,
  nodes: readonly TreeNode[],
  folders: Folder[],
): AsyncGenerator<IntakeItem> {
  for (let start = 0; start < nodes.length; start += OPENED_AT_ONCE) {
    const opening: Promise<IntakeItem>[] = [];
    for (const { name, list, open } of nodes.slice(start, start + OPENED_AT_ONCE)) {
      const path = parent === "" ? name : `${parent}/${name}`;
      if (name === "") opening.push(Promise.resolve(nameless(parent)));
      else if (list) folders.push({ list, path });
      else if (open) opening.push(found(open, path));
      else opening.push(Promise.resolve(neither(path)));
    }
    yield* await Promise.all(opening);
  }
}

async function found(open: () => Promise<File>, relativePath: string): Promise<FoundFile | NotTaken> {
  try {
    return { file: await open(), relativePath };
  } catch (error) {
    return { path: relativePath, code: "unreadable-file", reason: whyUnreadable(error) };
  }
}

/** Chromium gives an empty name where the name on disk is not valid text, and mostly cannot open what has it. */
function nameless(parent: string): NotTaken {
  return {
    path: parent === "" ? text("intakeDroppedItem") : parent,
    code: "name-not-unicode",
    reason: text(parent === "" ? "intakeNamelessInDrop" : "intakeNamelessInFolder"),
  };
}

function neither(path: string): NotTaken {
  return { path, code: "unreadable-file", reason: text("intakeNeither") };
}

/** The browser tells no more than the name of the error; the words say what that means on a disk. */
function whyUnreadable(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "unknown error";
  if (name === "NotFoundError") {
    return text("intakeNotFound");
  }
  return text("intakeUnreadable", name);
}

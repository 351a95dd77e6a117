import type { Root } from "../messages.ts";
import { OPENED_AT_ONCE, type TreeNode } from "./tree-node.ts";

/** What was dropped, as Chromium gives it beyond the drop. */
export function handleNode(handle: Root): TreeNode {
  const { name } = handle;
  if (handle.kind === "file") return { name, open: () => handle.getFile() };
  return { name, list: () => listHandles(handle) };
}

async function* listHandles(folder: FileSystemDirectoryHandle): AsyncGenerator<TreeNode[]> {
  let some: TreeNode[] = [];
  for await (const handle of folder.values()) {
    some.push(handleNode(handle as Root));
    if (some.length < OPENED_AT_ONCE) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

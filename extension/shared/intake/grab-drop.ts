import { grabHandle } from "../handles.ts";
import type { Root } from "../messages.ts";
import { text } from "../text.ts";
import { entryNode } from "./entry-node.ts";
import { type Intake, type IntakeItem, labelFor } from "./intake.ts";
import type { TreeNode } from "./tree-node.ts";
import { walk } from "./walk.ts";

/**
 * Takes everything out of a drop. Must run inside the drop event: the browser empties the `DataTransfer` as soon
 * as the event is over, so every entry is grabbed here and walked later.
 *
 * @returns `null` when nothing that was dropped is a file, for example text or a link.
 */
export function grabDrop(transfer: Pick<DataTransfer, "items">): Intake | null {
  const nodes: TreeNode[] = [];
  const withoutEntry: IntakeItem[] = [];
  const names: string[] = [];
  const handles: Promise<Root | null>[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const handle = grabHandle(item);
    handles.push(handle);
    const entry = item.webkitGetAsEntry();
    if (entry) {
      nodes.push(entryNode(entry, () => handle));
      names.push(entry.name);
      continue;
    }
    // Files that are on no disk, for example an image dragged out of a web page, can have no entry.
    const file = item.getAsFile();
    if (file) {
      withoutEntry.push({ file, relativePath: file.name });
      names.push(file.name);
    } else {
      withoutEntry.push({
        path: text("intakeUnknownItem", names.length + 1),
        code: "unreadable-file",
        reason: text("intakeNoAccess"),
      });
      names.push("");
    }
  }
  if (names.length === 0) return null;
  const items = allOf(withoutEntry, walk(nodes));
  return { label: labelFor(names), items, roots: allOrNone(handles) };
}

/** With some of them only, whoever continues later would leave out the rest without a word. */
async function allOrNone(handles: Promise<Root | null>[]): Promise<Root[]> {
  const roots = await Promise.all(handles);
  return roots.every((root) => root !== null) ? roots : [];
}

async function* allOf(
  first: Iterable<IntakeItem>,
  then: AsyncIterable<IntakeItem>,
): AsyncGenerator<IntakeItem> {
  yield* first;
  yield* then;
}

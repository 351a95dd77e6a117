/**
 * What a drop or a file chooser gave, before anything is known about it.
 */
import { formatCounted } from "../format.ts";
import type { FilePatterns, FoundFile, NotTaken, Root } from "../messages.ts";

/** One thing found: a file to upload, or the reason why something is not one. */
export type IntakeItem = FoundFile | NotTaken;

/** Everything that came in by one drop or one choice. */
export interface Intake {
  /** The one dropped thing's name, or `3 items`. */
  label: string;
  /** Finds the files. Can be walked once. */
  items: AsyncIterable<IntakeItem> | Iterable<IntakeItem>;
  /** Handles to all of it that outlive the page; empty where the browser gives none for even one thing. */
  roots: Promise<Root[]>;
  /** Which of the files belong to the upload, where that is said already. */
  patterns?: FilePatterns | undefined;
}

/** Whether the item is a file to upload. */
export function isFound(item: IntakeItem): item is FoundFile {
  return "file" in item;
}

/** What people call the whole: a single thing by its name, several by their number. */
export function labelFor(names: Iterable<string>): string {
  const distinct = [...new Set(names)];
  const [only] = distinct;
  return distinct.length === 1 && only ? only : formatCounted(distinct.length, "sharedItems");
}

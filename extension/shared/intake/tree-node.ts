/** A file or folder of what came in, whatever the browser gave to reach it. */
export interface TreeNode {
  name: string;
  /** Opens it, if it is a file. */
  open?: () => Promise<File>;
  /** Lists what is in it, some at a time, if it is a folder. */
  list?: () => AsyncIterable<readonly TreeNode[]>;
}

/** How many files of a folder are opened at once: one by one is slow, all at once is unbounded. */
export const OPENED_AT_ONCE = 100;

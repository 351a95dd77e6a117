import type { FileSource } from "deadlinejs/upload";
import { mayRead } from "../shared/handles.ts";
import type { Root } from "../shared/messages.ts";

/** Takes fresh looks at files through the handles of what was dropped, once these are there. */
export class RootFiles implements FileSource {
  #roots: readonly Root[] = [];

  /** Takes what was dropped. */
  take(roots: readonly Root[]): void {
    this.#roots = roots;
  }

  /** What was dropped. */
  get all(): Root[] {
    return [...this.#roots];
  }

  /** Whether there are handles to anything. */
  get hasAny(): boolean {
    return this.#roots.length > 0;
  }

  /** The file as it is now; nothing where there is no handle, or the browser lets nobody read through it. */
  async getFile(path: string): Promise<File | undefined> {
    const names = path.split("/");
    const named = this.#roots.filter(({ name }) => name === names[0]);
    const [root] = named;
    // Two things of one name: nobody knows which of them the file was in.
    if (root === undefined || named.length > 1 || !(await mayRead(root))) return undefined;
    const handle = await find(root, names.slice(1));
    return handle?.getFile();
  }
}

async function find(root: Root, below: readonly string[]): Promise<FileSystemFileHandle | undefined> {
  if (root.kind === "file") return below.length === 0 ? root : undefined;
  const name = below.at(-1);
  if (name === undefined) return undefined;
  let folder = root;
  for (const between of below.slice(0, -1)) folder = await folder.getDirectoryHandle(between);
  return folder.getFileHandle(name);
}

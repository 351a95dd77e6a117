/**
 * The files of a folder on disk, hashed by an implementation that is not ours.
 */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { createXXHash128 } from "hash-wasm";

/** One file as a manifest should list it. */
export interface LocalFile {
  /** Beginning with the folder's own name, joined by `/`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Microseconds since 1970; whole milliseconds, as a browser tells them. */
  mtime: number;
  /** XXH3-128, 32 hex digits. */
  hash: string;
}

/** Every file below `folder`. Links are left out, as Chromium leaves them out: it does not show them to a page. */
export async function readLocalFiles(folder: string): Promise<LocalFile[]> {
  const hasher = await createXXHash128();
  const files: LocalFile[] = [];
  const walk = async (directory: string, path: string): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const [below, named] = [join(directory, entry.name), `${path}/${entry.name}`];
      if (entry.isDirectory()) {
        await walk(below, named);
        continue;
      }
      if (!entry.isFile()) continue;
      const facts = await stat(below, { bigint: true });
      hasher.init();
      for await (const chunk of createReadStream(below)) hasher.update(chunk as Uint8Array);
      files.push({
        path: named,
        size: Number(facts.size),
        mtime: Number(facts.mtimeNs / 1_000_000n) * 1000,
        hash: hasher.digest(),
      });
    }
  };
  await walk(folder, basename(folder));
  return files;
}

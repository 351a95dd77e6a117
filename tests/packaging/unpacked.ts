/** The packed package, unpacked where a project finds it as if it had been installed. */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const PACKED = join(ROOT, "target/deadlinejs");

/** The tarball that `deadlinejs/build.mjs` made. */
export async function tarball(): Promise<string> {
  const found = (await readdir(PACKED)).filter((name) => name.endsWith(".tgz"));
  if (found.length !== 1) throw new Error(`there are ${found.length} tarballs in ${PACKED}`);
  return join(PACKED, found[0] ?? "");
}

/**
 * Makes target/packaging/{name}/ anew, with the projects in it and the package in its node_modules. What
 * the package depends on is found further up, in the repository's own node_modules.
 */
export async function unpack(name: string): Promise<string> {
  const folder = join(ROOT, "target/packaging", name);
  await rm(folder, { recursive: true, force: true });
  const installed = join(folder, "node_modules/deadlinejs");
  await mkdir(installed, { recursive: true });
  execFileSync("tar", ["-xzf", await tarball(), "--strip-components=1", "-C", installed]);
  await cp(join(import.meta.dirname, "projects"), folder, { recursive: true });
  return folder;
}

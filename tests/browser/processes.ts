/** Processes and folders of a browser that is thrown away. */
import { readdir, readFile, rm } from "node:fs/promises";

/** Kills a process and all that it has started at once: none gets to do a last thing. Waits until they are gone. */
export async function killTree(pid: number): Promise<void> {
  const pids = [pid, ...(await descendants(pid))];
  for (const one of pids) kill(one);
  await Promise.all(pids.map(ended));
}

/** Removes a browser's folder. Helper processes of the browser may outlive it for a moment and still write. */
export function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Our environment, without the keys to the server, and with temporary files where they get removed. */
export function browserEnvironment(folder: string): Record<string, string | undefined> {
  const { TEST_STORE: _, ...environment } = process.env;
  return { ...environment, TMPDIR: folder };
}

/** Ids of all processes that a process has started, and those have started, as Linux tells them. */
async function descendants(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const task of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const text = await readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => "");
    children.push(...text.split(" ").filter(Boolean).map(Number));
  }
  return [...children, ...(await Promise.all(children.map(descendants))).flat()];
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended together with its parent.
  }
}

/** Waits until a process that was killed is gone, or is a zombie whose parent has yet to notice. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
    if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

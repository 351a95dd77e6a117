/** How much memory uploads take in Node, against a server that takes everything and keeps nothing. */
import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSink } from "./sink.ts";
import { unpack } from "./unpacked.ts";

/** Private memory of the process that uploads, in bytes. */
export interface UploadMemory {
  /** The most in the first tenth of the rounds. */
  early: number;
  /** The most there was. */
  peak: number;
  /** Bytes that arrived. */
  sent: number;
}

/** Uploads a sparse file of so many bytes so often, in a process of its own. */
export async function uploadMemory(size: number, rounds: number): Promise<UploadMemory> {
  const folder = await unpack("upload-memory");
  const path = join(folder, "sparse");
  const file = await open(path, "w");
  await file.truncate(size);
  await file.close();
  const sink = await startSink();
  try {
    const given = ["upload-rounds.mjs", path, sink.endpoint, String(rounds)];
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: folder });
    return { ...(JSON.parse(stdout) as { early: number; peak: number }), sent: sink.bytes() };
  } finally {
    sink.close();
  }
}

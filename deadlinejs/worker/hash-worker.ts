/**
 * The script of a hash worker: first told where the WASM module is, then given jobs one after the other.
 */
import { loadWasm } from "../src/common/index.ts";
import { type FromHashWorker, type HashJob, hashFiles } from "../src/hash/index.ts";

const tell = (message: FromHashWorker) => self.postMessage(message);

let loaded: Promise<void> | undefined;

self.onmessage = async ({ data }: MessageEvent<{ wasmUrl: string } | HashJob>) => {
  try {
    if ("wasmUrl" in data) {
      loaded = loadWasm(data.wasmUrl);
      await loaded;
      return;
    }
    await loaded;
    await hashFiles(data, tell);
    tell({ type: "free" });
  } catch (error) {
    tell({ type: "broken", message: error instanceof Error ? error.message : String(error) });
  }
};

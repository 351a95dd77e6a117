/** What runs in the browser: an uploader. Bundled by `place.ts`. */
import { init } from "deadlinejs/common";
import { PooledWorkerExecutor } from "deadlinejs/hash";
import { Uploader } from "./uploader.ts";

await init("/module.wasm");
const uploader = new Uploader(new PooledWorkerExecutor(undefined, "/hash-worker.js").lanes);
export type UploaderPage = typeof uploader;
Object.assign(globalThis, { uploader });

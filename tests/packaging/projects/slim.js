/** The slim entry knows of no address: everything is handed to it. Bundled as a classic script. */
import {
  createHashExecutor,
  hashFileStreaming,
  init,
  MainThreadExecutor,
  PooledWorkerExecutor,
} from "deadlinejs/slim";

const codeOf = (work) =>
  work().then(
    () => "none",
    ({ code }) => code,
  );

async function run() {
  const file = new File(["hello"], "b.txt");
  const before = await codeOf(() => hashFileStreaming(file));
  const withoutWorker = await codeOf(async () => createHashExecutor());
  await init(await (await fetch("/deadlinejs/dist/common/rusty_attachments_wasm_bg.wasm")).arrayBuffer());
  const pool = new PooledWorkerExecutor(1, "/deadlinejs/dist/hash/hash-worker.js");
  const hashes = [
    (await hashFileStreaming(file)).hash,
    (await pool.hashFile(file)).hash,
    (await new MainThreadExecutor().hashFile(file)).hash,
  ];
  return { before, withoutWorker, hashes };
}

globalThis.outcome = run().catch((error) => ({ error: `${error.stack}` }));

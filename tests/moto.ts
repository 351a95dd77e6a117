/** moto, an S3 server in Python that keeps everything in memory and checks nothing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Bucket, type Store } from "./s3.ts";

const PROGRAM = fileURLToPath(new URL("../target/venv/bin/moto_server", import.meta.url));
const LIMIT_MS = 30_000;

/** A running server with a bucket. */
export interface Moto extends AsyncDisposable {
  readonly store: Store;
}

/** Starts one, with the bucket that `like` names. `cargo xtask` installs the program first. */
export async function startMoto(like: Store): Promise<Moto> {
  const port = await freePort();
  const server = spawn(PROGRAM, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill();
    await ended;
  };
  const store = { ...like, endpoint: `http://127.0.0.1:${port}` };
  const began = Date.now();
  for (;;) {
    try {
      await new Bucket(store).create();
      return { store, [Symbol.asyncDispose]: stop };
    } catch (error) {
      if (server.exitCode === null && Date.now() - began < LIMIT_MS) await sleep(200);
      else {
        await stop();
        throw error;
      }
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * Makes the bucket of `TEST_STORE` and returns once the server really stores objects.
 *
 * A server that listens may still refuse to store for some seconds, so only a signed PUT that
 * can be read back counts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Bucket, storeFromEnvironment } from "./s3.ts";

const LIMIT_MS = 60_000;
const PAUSE_MS = 100;
const PROBE = "ready";

const bucket = new Bucket(storeFromEnvironment());
const started = Date.now();

async function untilItWorks(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() - started > LIMIT_MS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

await untilItWorks(() => bucket.create());
await untilItWorks(async () => {
  await bucket.put(PROBE, new TextEncoder().encode(PROBE));
  if (new TextDecoder().decode(await bucket.get(PROBE)) !== PROBE) throw new Error("Other bytes came back.");
  await bucket.delete(PROBE);
});

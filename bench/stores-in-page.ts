/** What runs in the browser: many requests by one adapter. Bundled by `stores.ts`. */
import { init } from "deadlinejs/common";
import type { ObjectStore, StoreRequest } from "deadlinejs/storage";
import type { Store } from "../tests/s3.ts";
import { type Adapter, benchOf } from "../tests/stores/benches.ts";

/** As many as browsers have connections to a host. */
const AT_ONCE = 6;
const NOWHERE = { silent: "http://127.0.0.1:9", nowhere: "http://127.0.0.1:9" };

async function send(store: ObjectStore, requests: StoreRequest[]): Promise<void> {
  const queue = requests.values();
  const lane = async () => {
    for (const request of queue) {
      const answer = await store.send(request);
      if (answer?.status !== 200) throw new Error(`${request.method} was answered ${answer?.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

const bench = {
  load: (url: string) => init(url),
  /** Requests each second: PUT of 4 KiB, then HEAD of the same. */
  async run(adapter: Adapter, store: Store, count: number): Promise<{ put: number; head: number }> {
    const { store: adapted, rootPrefix } = benchOf(adapter, store, NOWHERE);
    const body = new Blob([new Uint8Array(4096)]);
    const keys = Array.from({ length: count }, () => {
      const hash = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) =>
        b.toString(16).padStart(2, "0"),
      );
      return `${rootPrefix}/Data/${hash.join("")}.xxh128`;
    });
    const perSecond = async (requests: StoreRequest[]) => {
      const began = performance.now();
      await send(adapted, requests);
      return (count * 1000) / (performance.now() - began);
    };
    const put = await perSecond(keys.map((key) => ({ method: "PUT", key, headers: {}, body })));
    const head = await perSecond(keys.map((key) => ({ method: "HEAD", key, headers: {} })));
    return { put, head };
  },
};
/** What `stores.ts` calls. */
export type StoresBench = typeof bench;
Object.assign(globalThis, { bench });

/** What a context of Chromium holds in memory: its JavaScript heap, its buffers, and the memory of its WASM modules. */
import type { Browser, CDPSession } from "puppeteer-core";

/** A page, a worker or a service worker. */
export interface Context {
  name: string;
  session: CDPSession;
}

/** All contexts below an address: pages, their dedicated workers, the service worker. */
export function contextsBelow(browser: Browser, root: string): Promise<Context[]> {
  const targets = browser.targets().filter((one) => one.url().startsWith(root));
  return Promise.all(
    targets.map(async (target) => ({
      name: target.url().slice(root.length),
      session: await target.createCDPSession(),
    })),
  );
}

/**
 * A heap snapshot as text: every string that lives after a garbage collection stands in it, as UTF-8. Of strings beyond
 * 1,024 characters V8 shows the beginning.
 */
export async function heapOf({ session }: Context): Promise<Buffer> {
  const chunks: string[] = [];
  const hear = ({ chunk }: { chunk: string }) => chunks.push(chunk);
  session.on("HeapProfiler.addHeapSnapshotChunk", hear);
  await session.send("HeapProfiler.enable");
  // What only a finaliser still knows goes with the second.
  for (let round = 0; round < 2; round += 1) await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.send("HeapProfiler.disable");
  session.off("HeapProfiler.addHeapSnapshotChunk", hear);
  return Buffer.from(chunks.join(""));
}

/** The bytes of all WASM memories of the context. */
export function wasmOf(context: Context): Promise<Buffer> {
  return bytesOf(context, "WebAssembly.Memory", "(one) => one.buffer");
}

/** The bytes of all other buffers of the context. */
export function buffersOf(context: Context): Promise<Buffer> {
  return bytesOf(context, "ArrayBuffer", "(one) => one");
}

/** Bytes that are fetched with one call. */
const PIECE = 3 * 1024 * 1024;

async function bytesOf({ session }: Context, kind: string, buffer: string): Promise<Buffer> {
  const { result: prototype } = await session.send("Runtime.evaluate", { expression: `${kind}.prototype` });
  const { objects } = await session.send("Runtime.queryObjects", {
    prototypeObjectId: prototype.objectId ?? "",
  });
  const call = async (body: string, ...values: number[]) => {
    const { result, exceptionDetails } = await session.send("Runtime.callFunctionOn", {
      objectId: objects.objectId ?? "",
      functionDeclaration: body,
      arguments: values.map((value) => ({ value })),
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  };
  const sizes: number[] = await call(
    `function () { return this.map((one) => (${buffer})(one).byteLength); }`,
  );
  const pieces: Buffer[] = [];
  for (const [at, size] of sizes.entries())
    for (let from = 0; from < size; from += PIECE) {
      const text = await call(
        `function (at, from, length) {
          const bytes = new Uint8Array((${buffer})(this[at]), from, length);
          let text = "";
          for (let start = 0; start < length; start += 8192)
            text += String.fromCharCode(...bytes.subarray(start, start + 8192));
          return btoa(text);
        }`,
        at,
        from,
        Math.min(PIECE, size - from),
      );
      pieces.push(Buffer.from(text, "base64"));
    }
  await session.send("Runtime.releaseObject", { objectId: objects.objectId ?? "" });
  return Buffer.concat(pieces);
}

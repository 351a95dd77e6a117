/** Searches the memory of every context of the extension: heaps, buffers and WASM modules. */
import type { ExtensionBrowser } from "../browser/chromium.ts";
import { buffersOf, type Context, contextsBelow, heapOf, wasmOf } from "../browser/memory.ts";
import { formsIn } from "./secret-forms.ts";

/** Characters of a piece of a secret: too many to be met by chance. */
const PIECE = 16;

/** Pieces of secrets: what is left of a text where an allocator has put something of its own over its beginning. */
function piecesIn(memory: Buffer, secrets: Record<string, string>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const starts = Array.from({ length: secret.length - PIECE }, (_, at) => at);
    const at = starts.find((start) => memory.includes(secret.slice(start, start + PIECE)));
    return at === undefined ? [] : [`${name} from its character ${at}`];
  });
}

/** In milliseconds: the limit of a test that looks twice. */
export const LOOK_LIMIT_MS = 300_000;

/** Which secret lies where, in which form; the contexts that were looked at, and bytes of all they have. */
export async function lookEverywhere(
  browser: ExtensionBrowser,
  secrets: Record<string, string>,
): Promise<{ names: string[]; found: string[]; bytes: number }> {
  const contexts = await contextsBelow(browser.browser, `chrome-extension://${browser.extensionId}/`);
  const found: string[] = [];
  let bytes = 0;
  // The heaps first: to read the buffers makes texts of them.
  for (const [what, read] of [
    ["heap", heapOf],
    ["WASM memory", wasmOf],
    ["buffer", buffersOf],
  ] as [string, (context: Context) => Promise<Buffer>][])
    for (const context of contexts) {
      const memory = await read(context);
      bytes += memory.length;
      for (const form of [...formsIn(memory, secrets), ...piecesIn(memory, secrets)])
        found.push(`${what} of ${context.name}: ${form}`);
    }
  return { names: contexts.map(({ name }) => name), found, bytes };
}

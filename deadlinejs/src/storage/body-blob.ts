import type { StoreRequest } from "./object-store.ts";

/**
 * The body without a type, so that nothing adds a `Content-Type` of its own; `null` for none. Never a `File`: what a
 * browser sends by the path of a file, it may not be allowed to read in this process.
 */
export function bodyBlob({ body }: StoreRequest): Blob | null {
  if (body === undefined || body === null) return null;
  if (typeof body === "string") return new Blob([body]);
  return body.type === "" && !(body instanceof File) ? body : body.slice(0, body.size, "");
}

/** Whether the AWS SDK sends by Node's own means, which know no blobs. */
export const sendsAsNode = (): boolean => globalThis.process?.getBuiltinModule !== undefined;

/** A blob as a stream of the kind that Node's sender of the AWS SDK knows. */
export function nodeStream(body: Blob): Uint8Array | import("node:stream").Readable {
  const stream = globalThis.process?.getBuiltinModule("node:stream");
  // The sender of an empty stream would announce a body of unknown length.
  if (body.size === 0 || !stream) return new Uint8Array();
  return stream.Readable.fromWeb(body.stream() as never);
}

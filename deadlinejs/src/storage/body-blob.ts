import type { StoreRequest } from "./object-store.ts";

/** The body without a type, so that nothing adds a `Content-Type` of its own; `null` for none. */
export function bodyBlob({ body }: StoreRequest): Blob | null {
  if (body === undefined || body === null) return null;
  return typeof body === "string" ? new Blob([body]) : body.slice(0, body.size, "");
}

import type { SignedRequest } from "../common/index.ts";
import type { Sending, StoreAnswer, StoreRequest } from "./object-store.ts";

/** A request that is ready to leave. */
export interface Transmission extends Sending {
  readonly method: StoreRequest["method"];
  readonly request: SignedRequest;
  readonly body: Blob | null;
}

/**
 * Sends one request and waits for the answer, whatever its status; `null` when none came or the
 * sending was given up.
 *
 * By XMLHttpRequest where there is one, because `fetch` does not tell how much of a body has left.
 */
export function transmit(transmission: Transmission): Promise<StoreAnswer | null> {
  return typeof XMLHttpRequest === "undefined" ? byFetch(transmission) : byXhr(transmission);
}

/**
 * A HEAD that the browser answers from its cache would tell of yesterday's store. With what is written, S3
 * would keep the header; left unset, browsers add one of their own to a request with `If-None-Match`.
 */
export function cacheControl(method: StoreRequest["method"]): string {
  return method === "HEAD" || method === "GET" ? "no-cache" : "";
}

function byXhr({ method, request, body, onSent, signal }: Transmission): Promise<StoreAnswer | null> {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, request.url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    xhr.setRequestHeader("cache-control", cacheControl(method));
    const abort = () => xhr.abort();
    signal?.addEventListener("abort", abort);
    // Listened to, a request needs the leave of the bucket's CORS rules even where it would not otherwise.
    if (onSent && body) xhr.upload.onprogress = (event) => onSent(event.loaded);
    xhr.onloadend = () => {
      signal?.removeEventListener("abort", abort);
      resolve(xhr.status === 0 ? null : answerOf(xhr));
    };
    if (signal?.aborted) resolve(null);
    else xhr.send(body);
  });
}

function answerOf(xhr: XMLHttpRequest): StoreAnswer {
  const lines = xhr.getAllResponseHeaders().split("\r\n");
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(":");
    return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]];
  });
  return { status: xhr.status, headers: Object.fromEntries(headers), body: xhr.responseText };
}

async function byFetch({ method, request, body, onSent, signal }: Transmission): Promise<StoreAnswer | null> {
  try {
    const response = await fetch(request.url, {
      method,
      headers: { ...request.headers, "cache-control": cacheControl(method) },
      body,
      redirect: "manual",
      signal: signal ?? null,
    });
    const answer = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
    if (body) onSent?.(body.size);
    // What a redirect says is hidden from pages.
    return answer.status === 0 ? null : answer;
  } catch {
    return null;
  }
}

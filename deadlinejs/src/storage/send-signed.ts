import type { SignedRequest } from "../common/index.ts";

/** The parts of an answer that are looked at. */
export interface S3Answer {
  status: number;
  /** `Content-Length` in bytes. */
  contentLength?: bigint;
  /** `x-amz-bucket-region`. */
  bucketRegion?: string;
  /** At most {@link BODY_CHARACTERS} characters: an error of S3 is shorter. */
  body: string;
}

const BODY_CHARACTERS = 8192;

/** What to send, and who wants to know. */
export interface Sending {
  method: "HEAD" | "GET" | "PUT";
  request: SignedRequest;
  body: Blob | string | null;
  /** Bytes of the body that have left so far. */
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

/**
 * Sends one request and waits for the answer, whatever its status; `null` when none came or the
 * sending was aborted.
 *
 * XMLHttpRequest, because `fetch` does not tell how much of a body has left.
 */
export function sendSigned({ method, request, body, onSent, signal }: Sending): Promise<S3Answer | null> {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, request.url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    // A HEAD that the browser answers from its cache would tell of yesterday's store. With a PUT, S3 would keep the
    // header with the object; left unset, browsers add one of their own to a request with `If-None-Match`.
    xhr.setRequestHeader("cache-control", method === "PUT" ? "" : "no-cache");
    const abort = () => xhr.abort();
    signal.addEventListener("abort", abort);
    xhr.upload.onprogress = (event) => onSent(event.loaded);
    xhr.onloadend = () => {
      signal.removeEventListener("abort", abort);
      resolve(xhr.status === 0 ? null : answerOf(xhr));
    };
    if (signal.aborted) resolve(null);
    else xhr.send(body);
  });
}

function answerOf(xhr: XMLHttpRequest): S3Answer {
  const length = xhr.getResponseHeader("content-length");
  const bucketRegion = xhr.getResponseHeader("x-amz-bucket-region");
  return {
    status: xhr.status,
    ...(length !== null && /^\d+$/.test(length) && { contentLength: BigInt(length) }),
    ...(bucketRegion !== null && { bucketRegion }),
    body: xhr.responseText.slice(0, BODY_CHARACTERS),
  };
}

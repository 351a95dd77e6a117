import type { StoreRequest } from "./object-store.ts";

/** The parts of a request that the middleware of the AWS SDK may look at and change. */
export interface SdkRequest {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  method: string;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

/** The parts of a response. */
export interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body?: unknown;
}

/** Sends a request to the address that was signed, with the headers that were. */
export function sendTo(request: SdkRequest, url: string, headers: Readonly<Record<string, string>>): void {
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  request.protocol = protocol;
  request.hostname = hostname;
  request.port = port === "" ? undefined : Number(port);
  request.path = pathname;
  request.query = Object.fromEntries(searchParams);
  // S3 wants every header of this kind to be signed, and nobody needs this one.
  const { "x-amz-user-agent": _, ...rest } = request.headers;
  request.headers = { ...rest, ...headers };
}

/** Of what the SDK wants to send: what a signer elsewhere has to sign. */
export function toSign(request: SdkRequest, key: string): Omit<StoreRequest, "body"> {
  const signed = Object.entries(request.headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => /^(x-amz-(?!user-agent|content-sha256)|if-|content-type$|range$)/.test(name));
  const query = Object.entries(request.query).map(([name, value]) => [name, String(value ?? "")]);
  return {
    method: request.method as StoreRequest["method"],
    key,
    query: Object.fromEntries(query),
    headers: Object.fromEntries(signed),
  };
}

import { sendsAsNode } from "../storage/body-blob.ts";

/** As many as the AWS SDK opens in Node to one address; Node's `fetch` opens as many as are wanted. */
const IN_NODE = 50;

/** How many connections this context opens to one address at once; `undefined` for as many as browsers do. */
export function connectionsPerHost(): number | undefined {
  // Windows of Electron may have both.
  const isBrowser = typeof XMLHttpRequest !== "undefined";
  return sendsAsNode() && !isBrowser ? IN_NODE : undefined;
}

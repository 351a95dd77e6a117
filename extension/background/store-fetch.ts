import type { SignedRequest } from "../shared/messages.ts";
import { untilForgotten } from "./vault.ts";

/** A server that takes longer for one of these small requests is as good as silent, in milliseconds. */
const ANSWER_LIMIT = 20_000;
/** S3 explains itself within far less, in characters. */
const BODY_LIMIT = 16_384;

/** What a store answered. */
export interface StoreAnswer {
  status: number;
  headers: Record<string, string>;
  /** Its beginning. */
  body: string;
}

/** Asks a store something small; nothing where no answer came in time, or before everything was to be forgotten. */
export async function askStore(
  method: string,
  { url, headers }: SignedRequest,
): Promise<StoreAnswer | undefined> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_LIMIT), untilForgotten()]);
    const response = await fetch(url, { method, headers, cache: "no-store", credentials: "omit", signal });
    const body = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: body.slice(0, BODY_LIMIT),
    };
  } catch {
    return undefined;
  }
}

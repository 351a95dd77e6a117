/**
 * The credentials of this browser session: in memory and in `storage.session`, which the browser keeps in
 * memory too and drops when it closes. The background may be stopped at any time, so memory alone would
 * lose them in the middle of an upload.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";

const KEY = "credentials";

const StoredCredentialsSchema = v.strictObject({
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
  /** Empty for long-lived keys. */
  sessionToken: v.string(),
});
/** An access key as it was entered. */
export type StoredCredentials = v.InferOutput<typeof StoredCredentialsSchema>;

/** Keeps these instead of any others. */
export async function keep({ accessKeyId, secretAccessKey, sessionToken }: StoredCredentials): Promise<void> {
  await browser.storage.session.set({ [KEY]: { accessKeyId, secretAccessKey, sessionToken } });
}

/** Drops them. */
export async function forget(): Promise<void> {
  await browser.storage.session.remove(KEY);
}

/** What is kept, if anything. */
export async function current(): Promise<StoredCredentials | undefined> {
  const stored = await browser.storage.session.get(KEY);
  const read = v.safeParse(StoredCredentialsSchema, stored[KEY]);
  return read.success ? read.output : undefined;
}

/** Enough of an access key id to tell keys apart, not enough to use. */
export function hintOf(accessKeyId: string): string {
  return accessKeyId.length > 12 ? `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}` : "…";
}

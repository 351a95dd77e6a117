import { browser, isOffscreenOpen, openOffscreen } from "../shared/browser.ts";
import type { Reply, ToBackground, ToHost } from "../shared/messages.ts";
import * as credentials from "./credentials.ts";
import { noCredentials, noHostAccess, Refusal } from "./problems.ts";
import { usableProfile } from "./profile-store.ts";
import { forgetUpload, noteUpload } from "./upload-store.ts";

let opening: Promise<void> | undefined;

/** Checks that an upload can begin, and tells the engine host to expect its files. */
export async function beginUpload({ uploadId, label }: ToBackground["upload.begin"]): Promise<null> {
  const { profile, originPattern } = await usableProfile();
  if (!(await credentials.current())) throw noCredentials();
  if (!(await browser.permissions.contains({ origins: [originPattern] }))) throw noHostAccess();
  await openHost();
  await noteUpload(uploadId, profile);
  const order: ToHost["host.open"] = { type: "host.open", uploadId, label, profile };
  const reply: Reply<null> = await browser.runtime.sendMessage(order);
  if (!reply.ok) {
    await forgetUpload(uploadId);
    throw new Refusal(reply.problem);
  }
  return null;
}

/** Two drops at once must not open two hosts. */
async function openHost(): Promise<void> {
  opening ??= isOffscreenOpen().then((open) => (open ? undefined : openOffscreen()));
  try {
    await opening;
  } finally {
    opening = undefined;
  }
}

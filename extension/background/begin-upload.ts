import { browser, isOffscreenOpen, openOffscreen } from "../shared/browser.ts";
import type { Reply, ToBackground, ToHost } from "../shared/messages.ts";
import * as credentials from "./credentials.ts";
import { hostUnreachable, noCredentials, noHostAccess, Refusal } from "./problems.ts";
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
  const reply = await orderHost({ type: "host.open", uploadId, label, profile });
  if (!reply.ok) {
    await forgetUpload(uploadId);
    throw new Refusal(reply.problem);
  }
  return null;
}

/** Never rejects: a host that is gone, or does not answer, becomes a refusal like every other. */
async function orderHost(order: ToHost["host.open"]): Promise<Reply<null>> {
  try {
    const reply: Reply<null> | undefined = await browser.runtime.sendMessage(order);
    return reply ?? { ok: false, problem: hostUnreachable };
  } catch {
    return { ok: false, problem: hostUnreachable };
  }
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

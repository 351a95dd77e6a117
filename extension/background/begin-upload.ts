import { mayReach } from "../shared/browser.ts";
import type { ToBackground } from "../shared/messages.ts";
import { openHost, orderHost } from "./host-client.ts";
import { noCredentials, noHostAccess, Refusal } from "./problems.ts";
import { usableProfile } from "./profile-store.ts";
import { keysFor } from "./upload-keys.ts";
import { forgetUpload, noteUpload } from "./upload-store.ts";
import { heldKeys } from "./vault.ts";

/** Checks that an upload can begin, and tells the engine host to expect its files. */
export async function beginUpload({
  uploadId,
  profileId,
  label,
  hold = false,
}: ToBackground["upload.begin"]): Promise<null> {
  const { profile, originPatterns } = await usableProfile(profileId);
  if (!(await heldKeys())) throw noCredentials();
  if (!(await mayReach(originPatterns))) throw noHostAccess();
  // A queue that gives no credentials says so before anything is read.
  await keysFor(profile);
  await openHost();
  await noteUpload(uploadId, profile);
  const reply = await orderHost({ type: "host.open", uploadId, label, profile, hold });
  if (!reply.ok) {
    await forgetUpload(uploadId);
    throw new Refusal(reply.problem);
  }
  return null;
}

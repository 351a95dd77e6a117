import { checkProfile, init as loadWasm } from "deadlinejs/common";
import { mayReach, pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ToBackground } from "../shared/messages.ts";
import { orderHost } from "./host-client.ts";
import { noCredentials, noHostAccess, Refusal, retryGone } from "./problems.ts";
import { keysFor } from "./upload-keys.ts";
import { forgetUpload, noteUpload, profileOfFailed } from "./upload-store.ts";
import { heldKeys } from "./vault.ts";

/** Has the engine host take a failed upload up again, for the place that it was begun for. */
export async function retryUpload({ uploadId }: ToBackground["upload.retry"]): Promise<null> {
  const profile = await profileOfFailed(uploadId);
  if (!profile) throw retryGone();
  await loadWasm(pageUrl(WASM_PATH));
  if (!(await heldKeys())) throw noCredentials();
  if (!(await mayReach(checkProfile(profile).originPatterns))) throw noHostAccess();
  await keysFor(profile);
  await noteUpload(uploadId, profile);
  const reply = await orderHost({ type: "host.retry", uploadId });
  if (!reply.ok) {
    await forgetUpload(uploadId);
    throw new Refusal(reply.problem);
  }
  return null;
}

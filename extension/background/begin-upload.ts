import type { ToBackground } from "../shared/messages.ts";
import { openHost } from "./host-client.ts";
import { orderUpload } from "./order-upload.ts";
import { usableProfile } from "./profile-store.ts";
import { storeAccess } from "./store-access.ts";

/** Checks that an upload can begin, and tells the engine host to expect its files. */
export async function beginUpload({
  uploadId,
  profileId,
  label,
  hold = false,
}: ToBackground["upload.begin"]): Promise<null> {
  const { profile, originPatterns } = await usableProfile(profileId);
  await storeAccess(profile, originPatterns);
  await openHost();
  return orderUpload(profile, { type: "host.open", uploadId, label, profile, hold });
}

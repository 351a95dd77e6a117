import type { ToBackground } from "../shared/messages.ts";
import { openHost } from "./host-client.ts";
import { orderUpload } from "./order-upload.ts";
import { usableProfile } from "./profile-store.ts";
import { storageProfileOf } from "./storage-profile.ts";
import { storeAccess } from "./store-access.ts";

/** Checks that an upload can begin, and tells the engine host to expect its files. */
export async function beginUpload({
  uploadId,
  profileId,
  label,
  hold = false,
  patterns,
}: ToBackground["upload.begin"]): Promise<null> {
  const { id, profile, originPatterns } = await usableProfile(profileId);
  await storeAccess(profile, originPatterns);
  const storageProfile = await storageProfileOf(profile);
  await openHost();
  const order = { type: "host.open" as const, uploadId, label, profile, hold };
  return orderUpload(
    { profile, profileId: id, label, isHeld: hold },
    {
      ...order,
      ...(storageProfile && { storageProfile }),
      ...(patterns && { patterns }),
    },
  );
}

import type { ToBackground } from "../shared/messages.ts";
import { orderUpload } from "./order-upload.ts";
import { retryGone } from "./problems.ts";
import { judgeProfile } from "./rules.ts";
import { storeAccess } from "./store-access.ts";
import { placeOfFailed } from "./upload-store.ts";

/** Has the engine host take a failed upload up again, for the place that it was begun for. */
export async function retryUpload({ uploadId }: ToBackground["upload.retry"]): Promise<null> {
  const place = await placeOfFailed(uploadId);
  if (!place) throw retryGone();
  const { profile } = place;
  await storeAccess(profile, (await judgeProfile(profile)).originPatterns);
  return orderUpload(place, { type: "host.retry", uploadId });
}

import { checkProfile, init as loadWasm } from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ToBackground } from "../shared/messages.ts";
import { orderUpload } from "./order-upload.ts";
import { retryGone } from "./problems.ts";
import { storeAccess } from "./store-access.ts";
import { placeOfFailed } from "./upload-store.ts";

/** Has the engine host take a failed upload up again, for the place that it was begun for. */
export async function retryUpload({ uploadId }: ToBackground["upload.retry"]): Promise<null> {
  const place = await placeOfFailed(uploadId);
  if (!place) throw retryGone();
  const { profile } = place;
  await loadWasm(pageUrl(WASM_PATH));
  await storeAccess(profile, checkProfile(profile).originPatterns);
  return orderUpload(place, { type: "host.retry", uploadId });
}

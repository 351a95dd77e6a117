import type { JournalPlace } from "deadlinejs/journal";
import type { ProfileFields } from "../shared/messages.ts";
import { storeUrl } from "./store-url.ts";

/** Whose rows of the journal are this profile's. None of the joined parts can hold a line break. */
export function journalPlace(profile: ProfileFields): JournalPlace {
  const { name, bucket, rootPrefix, assetRoot } = profile;
  return {
    store: [storeUrl(profile).origin, bucket, rootPrefix].join("\n"),
    root: [assetRoot, name].join("\n"),
  };
}

/**
 * Which uploads run, and where each one goes, in `storage.session`: the background may be stopped and
 * started anew in the middle of an upload and must then sign for the same place as before, whatever was
 * edited meanwhile.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { type ProfileFields, ProfileFieldsSchema } from "../shared/messages.ts";

const keyOf = (uploadId: string) => `upload-${uploadId}`;

const PlaceSchema = v.strictObject({
  profile: ProfileFieldsSchema,
  profileId: v.string(),
  label: v.string(),
  /** It is a preview: nothing of it was sent. */
  isHeld: v.boolean(),
});
/** Where an upload goes: the profile as it was when it began, and the name of what has become of it; and what it is called. */
export type Place = v.InferOutput<typeof PlaceSchema>;

/** Notes a running upload. */
export async function noteUpload(uploadId: string, place: Place): Promise<void> {
  await browser.storage.session.set({ [keyOf(uploadId)]: place });
}

/** A preview has become an upload. */
export async function noteBegun(uploadId: string): Promise<void> {
  const place = await placeOfUpload(uploadId);
  if (place?.isHeld) await noteUpload(uploadId, { ...place, isHeld: false });
}

/** Where a running upload goes; nothing if it does not run. */
export async function placeOfUpload(uploadId: string): Promise<Place | undefined> {
  const stored = await browser.storage.session.get(keyOf(uploadId));
  const read = v.safeParse(PlaceSchema, stored[keyOf(uploadId)]);
  return read.success ? read.output : undefined;
}

/** The profile of {@link placeOfUpload}. */
export async function profileOfUpload(uploadId: string): Promise<ProfileFields | undefined> {
  return (await placeOfUpload(uploadId))?.profile;
}

/** The ids of those that have not ended. */
export async function runningUploads(): Promise<string[]> {
  const prefix = keyOf("");
  const keys = Object.keys(await browser.storage.session.get(null));
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** The last upload that failed, as it may be taken up again: for the same place as before. */
const FAILED = "failed";
const FailedSchema = v.strictObject({ uploadId: v.string(), place: PlaceSchema });

/** Notes that a running upload has failed; call it before {@link forgetUpload}. */
export async function noteFailed(uploadId: string): Promise<void> {
  const place = await placeOfUpload(uploadId);
  if (place) await browser.storage.session.set({ [FAILED]: { uploadId, place } });
}

/** Where an upload went that has failed; nothing if another one has failed since. */
export async function placeOfFailed(uploadId: string): Promise<Place | undefined> {
  const read = v.safeParse(FailedSchema, (await browser.storage.session.get(FAILED))[FAILED]);
  return read.success && read.output.uploadId === uploadId ? read.output.place : undefined;
}

/** The upload has ended; call `settleHosts` after it. */
export async function forgetUpload(uploadId: string): Promise<null> {
  await browser.storage.session.remove(keyOf(uploadId));
  return null;
}

import { type ManifestLocation, type S3Location, ValidationError } from "../common/index.ts";

/**
 * Workers look for both below one root prefix.
 *
 * @throws `ValidationError` with code `locations-differ`
 */
export function checkSamePlace(contents: S3Location, manifests: ManifestLocation): void {
  const differs = (["bucket", "rootPrefix", "manifestPrefix"] as const).find(
    // What a location leaves out is as in the other one.
    (field) => manifests[field] !== undefined && manifests[field] !== contents[field],
  );
  if (differs === undefined) return;
  throw new ValidationError(
    `The locations of contents and manifests differ in ${differs}: ${contents[differs]} and ${manifests[differs]}. Take both from the queue's jobAttachmentSettings.`,
    "locations-differ",
    { field: differs },
  );
}

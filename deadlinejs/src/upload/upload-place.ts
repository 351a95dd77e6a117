import type { S3Location, UploadPlace } from "../common/index.ts";
import type { StorageSettings } from "../storage/index.ts";

/** Requests at once where nobody says otherwise. */
export const CONCURRENCY = 4;

/** Storage settings and location as the engine knows them; it judges them. */
export function uploadPlace(
  { region, endpoint, expectedBucketOwner }: StorageSettings,
  { bucket, rootPrefix, casPrefix, manifestPrefix }: S3Location,
  concurrency: number = CONCURRENCY,
): UploadPlace {
  return {
    region,
    ...(endpoint !== undefined && { server: hostOf(endpoint) }),
    bucket,
    rootPrefix,
    casPrefix,
    manifestPrefix,
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
    concurrency,
  };
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint;
}

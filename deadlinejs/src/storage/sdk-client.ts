import { S3Client as AwsS3Client } from "@aws-sdk/client-s3";
import { ValidationError } from "../common/index.ts";
import type { Credentials, CredentialsIdentity } from "./credentials.ts";
import { type RequestSigner, SigningRefused } from "./request-signer.ts";
import { type SdkRequest, sendTo, toSign } from "./sdk-request.ts";
import type { StorageSettings } from "./storage-settings.ts";

/**
 * A client of the AWS SDK that tries each request so many times.
 *
 * Checksums are given, never computed by it: it cannot make XXHASH128, and its own CRC32 fails on a
 * `Blob` in browsers.
 *
 * @throws `ValidationError` with code `credentials-missing`
 */
export function sdkClient(settings: StorageSettings, maxAttempts: number): AwsS3Client {
  const { region, credentials, endpoint, pathStyle, requestSigner } = settings;
  if (!requestSigner && !credentials)
    throw new ValidationError(
      "The storage settings have neither credentials nor a requestSigner.",
      "credentials-missing",
      { field: "credentials" },
    );
  const client = new AwsS3Client({
    region,
    maxAttempts,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    forcePathStyle: pathStyle ?? false,
    ...(endpoint !== undefined && { endpoint }),
    ...(requestSigner
      ? { signer: { sign: async (request) => request }, credentials: NOBODY }
      : credentials && { credentials: explained(credentials) }),
  });
  if (requestSigner) signElsewhere(client, requestSigner);
  return client;
}

/** Has requests signed after everything else was done to them, anew for each try. */
function signElsewhere(client: AwsS3Client, signer: RequestSigner): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as SdkRequest;
      const { Bucket: bucket, Key: key = "" } = args.input as { Bucket: string; Key?: string };
      const { url, headers } = await signer.sign(toSign(request, key));
      if (!leadsTo(url, bucket)) throw foreignBucket(bucket);
      sendTo(request, url, headers);
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "signElsewhere" },
  );
}

/** The SDK wants credentials also where it does not sign. */
const NOBODY: CredentialsIdentity = { accessKeyId: "nobody", secretAccessKey: "nothing" };

/** A provider whose failure says what to do. */
function explained(credentials: Credentials): Credentials {
  if (typeof credentials !== "function") return credentials;
  return async (...asked: []) => {
    try {
      // A provider of the SDK is told here that what it remembers is of no more use.
      return await credentials(...asked);
    } catch (error) {
      if (error instanceof SigningRefused) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new SigningRefused({
        code: "credentials-unavailable",
        what: `There are no credentials to sign with: ${why}.`,
        next: "Sign in again, then start again.",
      });
    }
  };
}

/** A signer serves one bucket and is not told which one is meant. */
function leadsTo(url: string, bucket: string): boolean {
  const { hostname, pathname } = new URL(url);
  return hostname.startsWith(`${bucket}.`) || pathname === `/${bucket}` || pathname.startsWith(`/${bucket}/`);
}

function foreignBucket(bucket: string): SigningRefused {
  return new SigningRefused({
    code: "bucket-foreign",
    what: `The request signer does not sign for the bucket ${bucket}, but for another one.`,
    next: "Ask for objects of the signer's own bucket, or use another signer.",
  });
}

import { CancelledError, StorageError } from "../common/index.ts";
import { SigningRefused } from "./request-signer.ts";

/** What the SDK throws for an answer that is an error. */
interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
}

/** By the name that S3 gives an error, then by status (spec `s3-layout.md` 10). */
const KINDS: Record<string, [code: string, message: string]> = {
  ExpiredToken: ["credentials-expired", "The credentials have expired. Sign in again."],
  InvalidAccessKeyId: ["credentials-unknown", "The store does not know this access key."],
  SignatureDoesNotMatch: ["credentials-wrong", "The secret key does not belong to the access key."],
  RequestTimeTooSkewed: ["clock-wrong", "This computer's clock is wrong by more than 15 minutes. Set it."],
  NoSuchBucket: ["bucket-missing", "There is no such bucket. Check its name and the region."],
  "301": ["region-wrong", "The bucket is in another region. Check the region."],
  "403": [
    "access-denied",
    "The store refuses this. Check that the bucket belongs to the expected account, and that the credentials allow s3:GetObject, s3:PutObject and s3:ListBucket.",
  ],
  "404": ["object-missing", "The store holds no such object."],
  "412": ["object-exists", "The store already holds an object with this key."],
};

/** The error to throw for what the SDK threw while it did this to that object. */
export function storageError(error: unknown, what: string, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return new CancelledError(undefined, { cause: signal.reason });
  if (error instanceof SigningRefused)
    return new StorageError(
      `${what}: ${error.problem.what} ${error.problem.next}`,
      error.problem.code,
      undefined,
      {
        cause: error,
      },
    );
  const { name, message, $metadata } = error as SdkError;
  // Not the SDK's own error: it carries the request with its signature and session token.
  const cause = new Error(`${name}: ${message}`);
  const status = $metadata?.httpStatusCode;
  if (status === undefined)
    return new StorageError(
      `${what}: no answer came (${message}). Check the network, the address of the store, and in a web page the CORS rules of the bucket.`,
      "network-unreachable",
      undefined,
      { cause },
    );
  const [code, advice] = KINDS[name] ??
    KINDS[status] ?? ["answer-unexpected", `The store answered ${status} ${name}: ${message}`];
  return new StorageError(`${what}: ${advice}`, code, status, { cause });
}

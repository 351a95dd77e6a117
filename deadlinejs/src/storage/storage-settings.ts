import type { Credentials } from "./credentials.ts";
import type { RequestSigner } from "./request-signer.ts";

/** How to reach a store. */
export interface StorageSettings {
  /** AWS region of the bucket, such as `us-west-2`. */
  readonly region: string;
  /** Who asks; not needed with a `requestSigner`. */
  readonly credentials?: Credentials;
  /**
   * Account that the bucket must belong to, 12 digits; S3 refuses every request if it belongs to another
   * one. Take it from the fifth field of the queue's `roleArn` (spec `s3-layout.md` 5).
   */
  readonly expectedBucketOwner?: string;
  /** Address of an S3-compatible server, such as `http://127.0.0.1:8333`; AWS when it is left out. */
  readonly endpoint?: string;
  /** Whether the bucket goes into the path instead of the host name; most S3-compatible servers need that. */
  readonly pathStyle?: boolean;
  /** Signs in another place, so that no secret is here; comes before `credentials`. */
  readonly requestSigner?: RequestSigner;
}

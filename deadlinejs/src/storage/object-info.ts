/** What the store tells of an object. */
export interface ObjectInfo {
  /** Full key. */
  readonly key: string;
  /** Bytes. */
  readonly size: bigint;
  /** Without quotes; not a hash of the contents in general. */
  readonly etag?: string;
  /** When it was written. */
  readonly lastModified?: Date;
  /** `Content-Type`; a listing does not tell it. */
  readonly contentType?: string;
  /** User metadata, names without `x-amz-meta-`; a listing does not tell it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** XXH3-128 that S3 has verified and keeps, 32 lower-case hex digits; absent if it keeps none. */
  readonly verifiedHash?: string;
}

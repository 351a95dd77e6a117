import {
  type S3Client as AwsS3Client,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { throwIfCancelled } from "../common/cancellation.ts";
import { init, StorageError, ValidationError } from "../common/index.ts";
import { nodeStream, sendsAsNode } from "./body-blob.ts";
import { checkedBody } from "./checked-body.ts";
import { checksumOf, hashOf } from "./checksum.ts";
import type { ObjectInfo } from "./object-info.ts";
import { sdkClient } from "./sdk-client.ts";
import { storageError } from "./storage-error.ts";
import type { StorageSettings } from "./storage-settings.ts";

/** How often a request is tried; the SDK waits longer each time. */
const MAX_ATTEMPTS = 3;

/** What every request takes. */
export interface RequestOptions {
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
}

/** How to write an object. */
export interface PutOptions extends RequestOptions {
  /** `Content-Type` to store with it; content objects have none. */
  readonly contentType?: string | undefined;
  /** User metadata, names without `x-amz-meta-`; ASCII only. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** XXH3-128 of the body, 32 lower-case hex digits: S3 refuses other bytes. */
  readonly hash?: string | undefined;
  /** Whether to write only where there is no such object yet. */
  readonly ifAbsent?: boolean | undefined;
}

/** How to read an object. */
export interface GetOptions extends RequestOptions {
  /** XXH3-128 that the bytes must have, 32 lower-case hex digits. */
  readonly expectedHash?: string | undefined;
}

/**
 * Single objects of a store, by the AWS SDK: for looking and for reading what an upload wrote. A request
 * is tried three times.
 *
 * All functions throw `StorageError` whose code says what is wrong (`access-denied`, `network-unreachable`,
 * `bucket-missing`, ...) and `CancelledError`.
 */
export class S3Client {
  readonly #client: AwsS3Client;
  readonly #settings: StorageSettings;

  /** @throws `ValidationError` with code `credentials-missing` */
  constructor(settings: StorageSettings) {
    this.#settings = settings;
    this.#client = sdkClient(settings, MAX_ATTEMPTS);
  }

  /**
   * What the store tells of an object; `null` if it holds none with this key.
   *
   * Credentials that lack `s3:ListBucket` get `access-denied` for a key that is not there.
   */
  async headObject(bucket: string, key: string, { signal }: RequestOptions = {}): Promise<ObjectInfo | null> {
    const command = new HeadObjectCommand({ ...this.#at(bucket), Key: key, ChecksumMode: "ENABLED" });
    try {
      const answer = await this.#client.send(command, stoppedBy(signal));
      const verifiedHash = hashOf(answer.ChecksumXXHASH128);
      return {
        key,
        size: BigInt(answer.ContentLength ?? 0),
        ...(answer.ETag !== undefined && { etag: answer.ETag.replaceAll('"', "") }),
        ...(answer.LastModified && { lastModified: answer.LastModified }),
        ...(answer.ContentType !== undefined && { contentType: answer.ContentType }),
        ...(answer.Metadata && { metadata: answer.Metadata }),
        ...(verifiedHash !== undefined && { verifiedHash }),
      };
    } catch (error) {
      const told = storageError(error, `${bucket}/${key}`, signal);
      if (told instanceof StorageError && told.statusCode === 404) return null;
      throw told;
    }
  }

  /**
   * Writes an object in one request.
   *
   * @param body at most 5 GiB. In Node a `Blob` is sent as a stream, which is not tried again.
   * @throws `StorageError`, with code `object-exists` where `ifAbsent` is set and it does;
   * `ValidationError` with code `hash-invalid`
   */
  async putObject(
    bucket: string,
    key: string,
    body: Blob | Uint8Array | string,
    { contentType, metadata, hash, ifAbsent, signal }: PutOptions = {},
  ): Promise<void> {
    if (hash !== undefined && !/^[0-9a-f]{32}$/.test(hash))
      throw new ValidationError("hash: expected 32 lower-case hex digits", "hash-invalid", { field: "hash" });
    const command = new PutObjectCommand({
      ...this.#at(bucket),
      Key: key,
      ...sdkBody(body),
      ...(contentType !== undefined && { ContentType: contentType }),
      ...(metadata && { Metadata: { ...metadata } }),
      ...(hash !== undefined && { ChecksumXXHASH128: checksumOf(hash) }),
      ...(ifAbsent && { IfNoneMatch: "*" }),
    });
    try {
      await this.#client.send(command, stoppedBy(signal));
    } catch (error) {
      throw storageError(error, `${bucket}/${key}`, signal);
    }
  }

  /**
   * The bytes of an object. Browsers keep large ones on disk; Node keeps them in memory.
   *
   * @throws `StorageError`, with code `object-missing`, or `content-hash-wrong` if they have another hash
   * than expected
   */
  async getObject(bucket: string, key: string, options: GetOptions = {}): Promise<Blob> {
    const { signal, expectedHash } = options;
    const what = `${bucket}/${key}`;
    const command = new GetObjectCommand({ ...this.#at(bucket), Key: key });
    try {
      if (expectedHash !== undefined) await init();
      const { Body } = await this.#client.send(command, stoppedBy(signal));
      if (!Body) return new Blob();
      return await checkedBody(Body.transformToWebStream(), what, expectedHash);
    } catch (error) {
      throw error instanceof StorageError ? error : storageError(error, what, signal);
    }
  }

  /** All objects whose keys begin with `prefix`, in the order of their keys; asked for a thousand at a time. */
  async *listObjects(
    bucket: string,
    prefix: string,
    { signal }: RequestOptions = {},
  ): AsyncGenerator<ObjectInfo, void, void> {
    let next: string | undefined;
    do {
      throwIfCancelled(signal);
      const command = new ListObjectsV2Command({
        ...this.#at(bucket),
        Prefix: prefix,
        ...(next !== undefined && { ContinuationToken: next }),
      });
      const page = await this.#client.send(command, stoppedBy(signal)).catch((error: unknown) => {
        throw storageError(error, `${bucket}/${prefix}`, signal);
      });
      for (const { Key, Size, ETag, LastModified } of page.Contents ?? [])
        yield {
          key: Key ?? "",
          size: BigInt(Size ?? 0),
          ...(ETag !== undefined && { etag: ETag.replaceAll('"', "") }),
          ...(LastModified && { lastModified: LastModified }),
        };
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  /** Closes connections that are kept open; the client is then of no more use. */
  dispose(): void {
    this.#client.destroy();
  }

  #at(bucket: string): { Bucket: string; ExpectedBucketOwner?: string } {
    const { expectedBucketOwner } = this.#settings;
    return {
      Bucket: bucket,
      ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
    };
  }
}

/** The body with its length, which the SDK does not know of a stream. */
function sdkBody(body: Blob | Uint8Array | string): Pick<PutObjectCommandInput, "Body" | "ContentLength"> {
  if (!(body instanceof Blob) || !sendsAsNode()) return { Body: body };
  return { Body: nodeStream(body), ContentLength: body.size };
}

function stoppedBy(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

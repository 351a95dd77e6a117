/**
 * The bucket as an independent S3 client sees it: AWS SDK v3, none of our own code.
 */
import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";

// The SDK's advice to leave Node 20 is known: it would stand in every log.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** How to reach a queue's bucket. `xtask/src/store.rs` writes it. */
export interface Store {
  /** `http://host:port` or `https://...`, addressed path-style. */
  endpoint: string;
  region: string;
  bucket: string;
  /** Without slash at either end. */
  rootPrefix: string;
  accessKey: string;
  secretKey: string;
  farmId: string;
  queueId: string;
}

/** The store that `cargo xtask` hands to the programs that it starts. */
export function storeFromEnvironment(): Store {
  const text = process.env.TEST_STORE;
  if (text === undefined) {
    throw new Error("There is no TEST_STORE: start this by `cargo xtask test` or `cargo xtask demo`.");
  }
  return JSON.parse(text) as Store;
}

/** What a HEAD request tells of an object. */
export interface ObjectFacts {
  /** Bytes. */
  size: number;
  contentType: string | undefined;
  /** `Cache-Control` as stored with the object. */
  cacheControl: string | undefined;
  /** User metadata, names without `x-amz-meta-`. */
  metadata: Record<string, string>;
}

/** One bucket, seen from outside. */
export class Bucket {
  readonly #client: S3Client;
  readonly #name: string;

  constructor(store: Store) {
    this.#name = store.bucket;
    this.#client = new S3Client({
      endpoint: store.endpoint,
      region: store.region,
      forcePathStyle: true,
      credentials: { accessKeyId: store.accessKey, secretAccessKey: store.secretKey },
    });
  }

  async create(): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: this.#name }));
  }

  /** All keys below `prefix` with their sizes in bytes. */
  async list(prefix: string): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#name, Prefix: prefix });
    for await (const page of pages) {
      for (const { Key, Size } of page.Contents ?? []) {
        if (Key !== undefined) found.set(Key, Size ?? 0);
      }
    }
    return found;
  }

  async head(key: string): Promise<ObjectFacts> {
    const reply = await this.#client.send(new HeadObjectCommand({ Bucket: this.#name, Key: key }));
    return {
      size: reply.ContentLength ?? 0,
      contentType: reply.ContentType,
      cacheControl: reply.CacheControl,
      metadata: reply.Metadata ?? {},
    };
  }

  /** {@link head} of the first hundred of these keys: enough to see what an upload stores with its objects. */
  async headSome(keys: readonly string[]): Promise<Map<string, ObjectFacts>> {
    const some = keys.slice(0, 100);
    return new Map(await Promise.all(some.map(async (key) => [key, await this.head(key)] as const)));
  }

  async get(key: string): Promise<Uint8Array> {
    const reply = await this.#client.send(new GetObjectCommand({ Bucket: this.#name, Key: key }));
    if (reply.Body === undefined) throw new Error(`${key} came without a body.`);
    return reply.Body.transformToByteArray();
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.#name, Key: key, Body: body }));
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#name, Key: key }));
  }

  /** Keys below `prefix` of uploads in parts that were begun and neither completed nor given up. */
  async openUploads(prefix: string): Promise<string[]> {
    const found = await this.#client.send(
      new ListMultipartUploadsCommand({ Bucket: this.#name, Prefix: prefix }),
    );
    return (found.Uploads ?? []).map((upload) => upload.Key ?? "");
  }

  /** Lets pages of this origin do everything that an upload does. */
  async allowOrigin(origin: string): Promise<void> {
    const rule = {
      AllowedOrigins: [origin],
      AllowedMethods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
      AllowedHeaders: ["*"],
      ExposeHeaders: [
        "Date",
        "ETag",
        "Retry-After",
        "Content-Range",
        "x-amz-bucket-region",
        "x-amz-checksum-xxhash128",
        "x-amz-checksum-type",
        "x-amz-meta-asset-root",
        "x-amz-meta-asset-root-json",
        "x-amz-meta-file-system-location-name",
        "x-amz-request-id",
      ],
    };
    const CORSConfiguration = { CORSRules: [rule] };
    await this.#client.send(new PutBucketCorsCommand({ Bucket: this.#name, CORSConfiguration }));
  }

  /** Lets no page do anything, as it was before. */
  async allowNoOrigin(): Promise<void> {
    await this.#client.send(new DeleteBucketCorsCommand({ Bucket: this.#name }));
  }
}

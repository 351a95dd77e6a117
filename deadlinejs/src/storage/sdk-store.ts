import { type S3Client as AwsS3Client, HeadBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { bodyBlob, nodeStream, sendsAsNode } from "./body-blob.ts";
import type { ObjectStore, Sending, StoreAnswer, StoreRequest } from "./object-store.ts";
import { SigningRefused } from "./request-signer.ts";
import { sdkClient } from "./sdk-client.ts";
import type { SdkRequest, SdkResponse } from "./sdk-request.ts";
import { SignedFetchStore } from "./signed-fetch-store.ts";
import type { StorageSettings } from "./storage-settings.ts";
import { cacheControl } from "./transmit.ts";

/**
 * Sends through the AWS SDK: its endpoints, its credential providers, its signer, its connections.
 *
 * A command of the SDK for each operation would turn headers into parameters and answers into objects or
 * exceptions, and all of that back again, losing what it does not know (an error's body, a header). So one
 * command serves as a vehicle for every request: HeadObject, whose parameters are the bucket and the key,
 * which is all that finding the endpoint and choosing the signer needs. Two middlewares on it, the SDK's
 * public way to change a command, put our request in place of its own before it is signed, and take the
 * raw answer before it is read.
 */
export class SdkStore implements ObjectStore {
  readonly #client: AwsS3Client;
  readonly #bucket: string;
  readonly #credentials: StorageSettings["credentials"];

  /**
   * @param settings how to reach the store; with a `requestSigner` take a {@link SignedFetchStore}
   * @param bucket name of the bucket
   * @throws `ValidationError` with code `credentials-missing`
   */
  constructor(settings: StorageSettings, bucket: string) {
    // Whoever sends decides when to try again.
    this.#client = sdkClient(settings, 1);
    this.#bucket = bucket;
    this.#credentials = settings.credentials;
  }

  /** See {@link ObjectStore.send}. */
  async send(request: StoreRequest, { signal, onSent }: Sending = {}): Promise<StoreAnswer | null> {
    if (signal?.aborted) return null;
    let answer: StoreAnswer | null = null;
    const vehicle = this.#vehicle(request.key);
    const body = bodyBlob(request);
    const replace = (sdkRequest: SdkRequest) => fill(sdkRequest, request, body);
    const take = async (send: () => Promise<{ response: unknown }>) => {
      try {
        const { response } = await send();
        answer = await this.#read(response as SdkResponse);
      } catch {
        // No answer came, or only a part of it.
      }
      // What the rest of the SDK gets to see: enough to learn the server's time from.
      const date = answer?.headers.date;
      return { statusCode: 200, headers: { ...(date !== undefined && { date }) }, body: new Uint8Array() };
    };
    vehicle.middlewareStack.add(
      (next) => async (args) => {
        replace(args.request as SdkRequest);
        return next(args);
      },
      { step: "build", priority: "high", name: "replaceRequest" },
    );
    vehicle.middlewareStack.add(
      (next) => async (args) => ({
        response: await take(() => next(args)),
        // Put in by the middleware around this one.
        output: undefined as never,
      }),
      { step: "deserialize", priority: "low", name: "takeAnswer" },
    );
    await this.#client.send(vehicle, signal ? { abortSignal: signal } : {});
    if (body && answer) onSent?.(body.size);
    return answer;
  }

  /** See {@link ObjectStore.renewCredentials}. */
  async renewCredentials(): Promise<void> {
    if (typeof this.#credentials !== "function")
      throw new SigningRefused({
        code: "credentials-expired",
        what: "The credentials have expired.",
        next: "Sign in again, or pass a function as credentials: it is asked for new ones.",
      });
    // The client keeps what its provider gave for as long as it says that it is good.
    await this.#client.config.credentials({ forceRefresh: true });
  }

  /** Closes connections that are kept open; the store is then of no more use. */
  dispose(): void {
    this.#client.destroy();
  }

  /** For the bucket itself, the command that takes no key. */
  #vehicle(key: string): HeadObjectCommand {
    const at = { Bucket: this.#bucket };
    if (key !== "") return new HeadObjectCommand({ ...at, Key: key });
    return new HeadBucketCommand(at) as unknown as HeadObjectCommand;
  }

  async #read({ statusCode, headers, body }: SdkResponse): Promise<StoreAnswer> {
    const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const bytes = body ? await this.#client.config.streamCollector(body) : new Uint8Array();
    return {
      status: statusCode,
      headers: Object.fromEntries(names),
      body: new TextDecoder().decode(bytes),
    };
  }
}

function fill(sdkRequest: SdkRequest, request: StoreRequest, body: Blob | null): void {
  const { method, headers, query } = request;
  sdkRequest.method = method;
  sdkRequest.query = { ...query };
  const isNode = sendsAsNode();
  sdkRequest.headers = {
    ...sdkRequest.headers,
    ...headers,
    // The checksum header covers the body; else the SDK would read all of it to sign it.
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    ...(!isNode && { "cache-control": cacheControl(method) }),
    ...(body && { "content-length": String(body.size) }),
  };
  sdkRequest.body = body && (isNode ? nodeStream(body) : body);
}

/** The store for these settings: signed elsewhere, or by the AWS SDK. */
export function objectStore(settings: StorageSettings, bucket: string): ObjectStore {
  return settings.requestSigner
    ? new SignedFetchStore(settings.requestSigner)
    : new SdkStore(settings, bucket);
}

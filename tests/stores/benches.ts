/** The stores under test; the same in Node and in browsers. */
import { AwsV4Signer } from "aws4fetch";
import { type ProfileFields, SigV4Signer } from "deadlinejs/common";
import {
  type ObjectStore,
  type RequestSigner,
  type RequestToSign,
  SdkStore,
  SignedFetchStore,
} from "deadlinejs/storage";
import type { Store } from "../s3.ts";
import type { Bench } from "./cases.ts";

/** Addresses of servers that are no stores. */
export interface Around {
  /** Takes requests and never answers. */
  silent: string;
  /** Nobody listens. */
  nowhere: string;
}

/** Signs whatever it is given, with other people's code. */
export class AnySigner implements RequestSigner {
  constructor(private readonly store: Store) {}

  async sign({ method, key, query = {}, headers }: RequestToSign) {
    const { endpoint, bucket, accessKey, secretKey, region } = this.store;
    const path = key.split("/").map(strictly).join("/");
    const search = Object.entries(query).map(([name, value]) => `${strictly(name)}=${strictly(value)}`);
    const url = `${endpoint}/${bucket}/${path}${search.length > 0 ? "?" : ""}${search.join("&")}`;
    const signer = new AwsV4Signer({
      url,
      method,
      headers: { ...headers },
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      service: "s3",
      region,
    });
    const signed = await signer.sign();
    const { host: _, ...rest } = Object.fromEntries(signed.headers);
    return { url: signed.url.href, headers: rest };
  }
}

/** Signs what an upload sends, with the signer of the product. */
class OwnSigner implements RequestSigner {
  readonly #signer: SigV4Signer;

  constructor(store: Store) {
    this.#signer = new SigV4Signer(profileOf(store), store.accessKey, store.secretKey, "");
  }

  async sign({ method, key, query = {}, headers, clockOffset = 0 }: RequestToSign) {
    return this.#signer.sign({ method, key, query, headers }, Date.now() + clockOffset);
  }
}

/** The profile of a queue with this store. */
export function profileOf({ endpoint, region, bucket, rootPrefix, farmId, queueId }: Store): ProfileFields {
  return {
    name: "Test",
    region,
    farmId,
    queueId,
    bucket,
    rootPrefix,
    assetRoot: "/p",
    assetRootFormat: "posix",
    endpoint,
    pathStyle: true,
  };
}

const MAKERS = {
  "AWS SDK": ({ region, endpoint, accessKey, secretKey, bucket }: Store) =>
    new SdkStore(
      {
        region,
        endpoint,
        pathStyle: true,
        credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      },
      bucket,
    ),
  "signed fetch": (store: Store) => new SignedFetchStore(new AnySigner(store)),
  "signed fetch by SigV4Signer": (store: Store) => new SignedFetchStore(new OwnSigner(store)),
};

/** Which adapter carries the requests. */
export type Adapter = keyof typeof MAKERS;

/** All adapters, and whether they take every request or only those of an upload. */
export const adapters: Record<Adapter, { takesAny: boolean }> = {
  "AWS SDK": { takesAny: true },
  "signed fetch": { takesAny: true },
  "signed fetch by SigV4Signer": { takesAny: false },
};

/** The store behind that adapter. */
export function storeBy(adapter: Adapter, store: Store): ObjectStore {
  return MAKERS[adapter](store);
}

/** The stores that one adapter's cases need. */
export function benchOf(adapter: Adapter, store: Store, { silent, nowhere }: Around): Bench {
  const make = MAKERS[adapter];
  return {
    store: make(store),
    silent: make({ ...store, endpoint: silent }),
    nowhere: make({ ...store, endpoint: nowhere }),
    impostor: make({ ...store, secretKey: "wrong" }),
    rootPrefix: store.rootPrefix,
  };
}

/** Encodes as SigV4 does. */
function strictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

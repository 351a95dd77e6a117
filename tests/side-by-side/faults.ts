/** What happens to both uploaders. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StrictGateway } from "../gateway/client.ts";
import type { Bucket } from "../s3.ts";
import type { Said, Side } from "./sides.ts";

/** What a fault has at hand. */
export interface Scene {
  side: Side;
  gateway: StrictGateway;
  /** The store itself, past the gateway. */
  bucket: Bucket;
  folder: string;
  /** Name in the folder of the file that the fault is about, ... */
  victim: string;
  /** ... and its key. */
  key: string;
}

/** Uploads the folder while the fault happens. */
export type Happening = (scene: Scene) => Promise<Said>;

const text = (of: string) => new TextEncoder().encode(of);

/** By what the table calls them. */
export const happenings: Record<string, Happening> = {
  "A file vanished between hashing and upload": ({ side, folder, victim }) =>
    side.upload(folder, () => rm(join(folder, victim))),

  "A file changed between hashing and upload": ({ side, folder, victim }) =>
    side.upload(folder, () => writeFile(join(folder, victim), "other bytes, and more of them than before")),

  "A file changed between hashing and upload, and kept its size": ({ side, folder, victim }) =>
    side.upload(folder, () => writeFile(join(folder, victim), `${victim}: THE FIRST BYTES`)),

  async "HEAD answered 500 five times"({ side, gateway, folder, key }) {
    const fault = { kind: "answer", status: 500, code: "InternalError" } as const;
    await gateway.inject({ when: { operation: "HeadObject", key }, times: 5, fault });
    return side.upload(folder);
  },

  async "An object of no bytes was under the right key"({ side, bucket, folder, key }) {
    await bucket.put(key, text(""));
    return side.upload(folder);
  },

  async "An object of the right size and other bytes was under the right key"({
    side,
    bucket,
    folder,
    victim,
    key,
  }) {
    await bucket.put(key, text(`${victim}: THE FIRST BYTES`));
    return side.upload(folder);
  },

  async "An object was deleted behind the caches"({ side, bucket, folder, key }) {
    await side.upload(folder);
    await bucket.delete(key);
    return side.upload(folder);
  },

  async "The reply to a PUT was lost after it was carried out"({ side, gateway, folder, key }) {
    await gateway.inject({ when: { operation: "PutObject", key }, fault: { kind: "lost-reply" } });
    return side.upload(folder);
  },
};

/** First contents of a file. */
export const contentOf = (name: string): string => `${name}: the first bytes`;

/** What an object store has to do, whatever carries its requests; runs in Node and in browsers. */
import { hashBytes } from "deadlinejs/common";
import type { ObjectStore, StoreAnswer, StoreRequest } from "deadlinejs/storage";
import { same } from "../wasm/same.ts";

/** A store under test and what is around it. */
export interface Bench {
  store: ObjectStore;
  /** On a server that takes requests and never answers. */
  silent: ObjectStore;
  /** On an address where nobody listens. */
  nowhere: ObjectStore;
  /** With a secret key that is not that of the access key. */
  impostor: ObjectStore;
  /** `DeadlineCloud` in `DeadlineCloud/Data/...`. */
  rootPrefix: string;
}

const MIB = 1024 * 1024;

/** Key of a content object that no other case uses. */
function newKey({ rootPrefix }: Bench): string {
  return `${rootPrefix}/Data/${hashBytes(crypto.getRandomValues(new Uint8Array(16)))}.xxh128`;
}

async function answerTo(store: ObjectStore, request: StoreRequest): Promise<StoreAnswer> {
  const answer = await store.send(request);
  if (!answer) throw new Error(`${request.method} ${request.key} was not answered`);
  return answer;
}

/** Sends and wants this status. */
async function expectStatus(store: ObjectStore, status: number, request: StoreRequest): Promise<StoreAnswer> {
  const answer = await answerTo(store, request);
  if (answer.status !== status)
    throw new Error(`${request.method} ${request.key}: ${answer.status} ${answer.body.slice(0, 300)}`);
  return answer;
}

const plain = { headers: {} } as const;

/** Those that send HEAD, GET and PUT of single objects. */
export const objectCases: Record<string, (bench: Bench) => Promise<void>> = {
  async "an object that is not there is an answer with 404"(bench) {
    const answer = await expectStatus(bench.store, 404, { method: "HEAD", key: newKey(bench), ...plain });
    same("a HEAD has no body", answer.body, "");
    const got = await expectStatus(bench.store, 404, { method: "GET", key: newKey(bench), ...plain });
    same("the error's name", got.body.includes("<Code>NoSuchKey</Code>"), true);
  },

  async "what was sent is there, and nothing was added to it"(bench) {
    const key = newKey(bench);
    // A server that guesses types takes these first bytes for no text.
    const body = new Blob(["\u0000\u0001", "0123456789".repeat(MIB / 5)], { type: "text/html" });
    await expectStatus(bench.store, 200, { method: "PUT", key, ...plain, body });
    const head = await expectStatus(bench.store, 200, { method: "HEAD", key, ...plain });
    same("size", head.headers["content-length"], String(body.size));
    // What servers make of an object without a type.
    same("type", /^(binary|application)\/octet-stream$/.test(head.headers["content-type"] ?? ""), true);
    same("cache", head.headers["cache-control"] || undefined, undefined);
    same("etag", /^"[0-9a-f]{32}"$/.test(head.headers.etag ?? ""), true);
    const { body: text } = await expectStatus(bench.store, 200, { method: "GET", key, ...plain });
    same("bytes", text === (await body.text()), true);
    await expectStatus(bench.store, 200, { method: "PUT", key, ...plain, body: "\u0000\u0001" });
    const again = await expectStatus(bench.store, 200, { method: "HEAD", key, ...plain });
    same("type of a text", again.headers["content-type"], head.headers["content-type"]);
  },

  async "a slice of a file is sent as it is"(bench) {
    const key = newKey(bench);
    const file = new File(["abc".repeat(1000)], "x.txt", { type: "text/plain" });
    await expectStatus(bench.store, 200, { method: "PUT", key, ...plain, body: file.slice(3, 9) });
    same("bytes", (await answerTo(bench.store, { method: "GET", key, ...plain })).body, "abcabc");
  },

  async "a range of an object can be had"(bench) {
    const key = newKey(bench);
    await expectStatus(bench.store, 200, { method: "PUT", key, ...plain, body: "0123456789" });
    const request = { method: "GET", key, headers: { range: "bytes=2-4" } } as const;
    same("bytes", (await expectStatus(bench.store, 206, request)).body, "234");
  },

  async "an empty object is an object"(bench) {
    const key = newKey(bench);
    await expectStatus(bench.store, 200, { method: "PUT", key, ...plain, body: new Blob() });
    const head = await expectStatus(bench.store, 200, { method: "HEAD", key, ...plain });
    same("size", head.headers["content-length"], "0");
  },

  async "headers arrive, among them metadata and the type"(bench) {
    const key = newKey(bench);
    const headers = {
      "content-type": "application/x-deadline-manifest-2023-03-03",
      "x-amz-meta-asset-root": "/projects/a b",
    };
    await expectStatus(bench.store, 200, { method: "PUT", key, headers, body: "{}" });
    const head = await expectStatus(bench.store, 200, { method: "HEAD", key, ...plain });
    same(
      "stored",
      [head.headers["content-type"], head.headers["x-amz-meta-asset-root"]],
      [headers["content-type"], headers["x-amz-meta-asset-root"]],
    );
  },

  async "an object is not written over where that is forbidden"(bench) {
    const key = newKey(bench);
    const put = (body: string) =>
      ({ method: "PUT", key, headers: { "if-none-match": "*" }, body: new Blob([body]) }) as const;
    await expectStatus(bench.store, 200, put("first"));
    const refused = await expectStatus(bench.store, 412, put("other"));
    same("the error's name", refused.body.includes("<Code>PreconditionFailed</Code>"), true);
    const head = await expectStatus(bench.store, 200, { method: "HEAD", key, ...plain });
    same("cache", head.headers["cache-control"] || undefined, undefined);
    same("bytes", (await answerTo(bench.store, { method: "GET", key, ...plain })).body, "first");
  },

  async "a wrong key of the signer is an answer with 403 and a reason"(bench) {
    const put = { method: "PUT", key: newKey(bench), ...plain, body: "x" } as const;
    const refused = await expectStatus(bench.impostor, 403, put);
    same("the error's name", refused.body.includes("<Code>SignatureDoesNotMatch</Code>"), true);
    await expectStatus(bench.store, 404, { method: "HEAD", key: put.key, ...plain });
  },

  async "bytes that have left are counted, and all of them have at the end"(bench) {
    const body = new Blob([new Uint8Array(3 * MIB)]);
    const told: number[] = [];
    const request = { method: "PUT", key: newKey(bench), ...plain, body } as const;
    await bench.store.send(request, { onSent: (bytes) => told.push(bytes) });
    same("last", told.at(-1), body.size);
    same(
      "rising",
      told.every((bytes, i) => i === 0 || bytes >= (told[i - 1] ?? 0)),
      true,
    );
  },

  async "no answer is told as none"(bench) {
    same("HEAD", await bench.nowhere.send({ method: "HEAD", key: newKey(bench), ...plain }), null);
    const put = { method: "PUT", key: newKey(bench), ...plain, body: new Blob(["x".repeat(MIB)]) } as const;
    same("PUT", await bench.nowhere.send(put), null);
  },

  async "a request that is given up ends at once, with no answer"(bench) {
    const put = { method: "PUT", key: newKey(bench), ...plain, body: new Blob(["x".repeat(MIB)]) } as const;
    for (const request of [put, { method: "GET", key: put.key, ...plain } as const]) {
      const stopper = new AbortController();
      const answer = bench.silent.send(request, { signal: stopper.signal });
      const waiting = new Promise((resolve) => setTimeout(resolve, 200, "waiting"));
      same("not before", await Promise.race([answer, waiting]), "waiting");
      stopper.abort();
      const late = new Promise((resolve) => setTimeout(resolve, 2000, "late"));
      same("afterwards", await Promise.race([answer, late]), null);
    }
  },

  async "nothing is sent after a request was given up"(bench) {
    const put = { method: "PUT", key: newKey(bench), ...plain, body: "x" } as const;
    same("answer", await bench.store.send(put, { signal: AbortSignal.abort() }), null);
    await expectStatus(bench.store, 404, { method: "HEAD", key: put.key, ...plain });
  },
};

/** Those of uploads in parts. */
export const multipartCases: Record<string, (bench: Bench) => Promise<void>> = {
  async "an object is sent in parts"(bench) {
    const { store } = bench;
    const key = newKey(bench);
    const uploadId = await createUpload(store, key);
    const parts = [new Blob(["a".repeat(5 * MIB)]), new Blob(["b"])];
    const etags: string[] = [];
    for (const [index, body] of parts.entries()) {
      const query = { partNumber: String(index + 1), uploadId };
      const { headers } = await expectStatus(store, 200, { method: "PUT", key, query, ...plain, body });
      if (headers.etag === undefined) throw new Error("the answer to a part has no ETag");
      etags.push(headers.etag);
    }
    const listed = await expectStatus(store, 200, { method: "GET", key, query: { uploadId }, ...plain });
    same("parts", listed.body.match(/<PartNumber>/g)?.length, 2);
    const prefix = `${bench.rootPrefix}/Data/`;
    const uploads = { method: "GET", key: "", query: { uploads: "", prefix }, ...plain } as const;
    same("uploads", (await expectStatus(store, 200, uploads)).body.includes(uploadId), true);
    const list = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</CompleteMultipartUpload>`;
    const done = await expectStatus(store, 200, { method: "POST", key, query: { uploadId }, ...plain, body });
    same("completed", done.body.includes("<CompleteMultipartUploadResult"), true);
    const head = await expectStatus(store, 200, { method: "HEAD", key, ...plain });
    same("size", head.headers["content-length"], String(5 * MIB + 1));
  },

  async "an upload in parts that is aborted is gone"(bench) {
    const key = newKey(bench);
    const query = { uploadId: await createUpload(bench.store, key) };
    const part = { ...query, partNumber: "1" };
    await expectStatus(bench.store, 200, {
      method: "PUT",
      key,
      query: part,
      ...plain,
      body: new Blob(["a"]),
    });
    await expectStatus(bench.store, 204, { method: "DELETE", key, query, ...plain });
    const listed = await expectStatus(bench.store, 404, { method: "GET", key, query, ...plain });
    same("the error's name", listed.body.includes("<Code>NoSuchUpload</Code>"), true);
    await expectStatus(bench.store, 404, { method: "HEAD", key, ...plain });
  },
};

/** Those that need a server which compares bytes with XXH128 checksums, as S3 does. */
export const verifyingCases: Record<string, (bench: Bench) => Promise<void>> = {
  async "bytes that are not those of their key are refused, and nothing is left behind"(bench) {
    const bytes = crypto.getRandomValues(new Uint8Array(64));
    const hash = hashBytes(bytes);
    const key = `${bench.rootPrefix}/Data/${hash}.xxh128`;
    const put = (body: Uint8Array<ArrayBuffer>) => {
      const headers = { "x-amz-checksum-xxhash128": base64(hash), "if-none-match": "*" };
      return { method: "PUT", key, headers, body: new Blob([body]) } as const;
    };
    const refused = await expectStatus(bench.store, 400, put(bytes.slice().reverse()));
    same("the error's name", refused.body.includes("<Code>BadDigest</Code>"), true);
    await expectStatus(bench.store, 404, { method: "HEAD", key, ...plain });
    await expectStatus(bench.store, 200, put(bytes));
    const mode = { "x-amz-checksum-mode": "ENABLED" };
    const head = await expectStatus(bench.store, 200, { method: "HEAD", key, headers: mode });
    same("told back", head.headers["x-amz-checksum-xxhash128"], base64(hash));
  },
};

function base64(hash: string): string {
  const bytes = hash.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}

/** Those that do what no upload does. */
export const foreignCases: Record<string, (bench: Bench) => Promise<void>> = {
  async "bytes that do not have their checksum are refused"(bench) {
    const key = newKey(bench);
    const put = (checksum: string) =>
      ({
        method: "PUT",
        key,
        headers: { "x-amz-checksum-crc32": checksum },
        body: new Blob(["123456789"]),
      }) as const;
    await expectStatus(bench.store, 400, put("AAAAAA=="));
    await expectStatus(bench.store, 404, { method: "HEAD", key, ...plain });
    // The CRC-32 of these nine digits, 0xCBF43926, is the check value of the algorithm.
    await expectStatus(bench.store, 200, put("y/Q5Jg=="));
  },

  async "any character may be in a key"(bench) {
    const key = `${bench.rootPrefix}/a b+c&d=é 日本😀'()*!~`;
    await expectStatus(bench.store, 200, { method: "PUT", key, ...plain, body: "x" });
    same("bytes", (await expectStatus(bench.store, 200, { method: "GET", key, ...plain })).body, "x");
    const prefix = `${bench.rootPrefix}/a b+c&`;
    const query = { "list-type": "2", prefix };
    const listed = await expectStatus(bench.store, 200, { method: "GET", key: "", query, ...plain });
    same("listed", listed.body.match(/<Key>/g)?.length, 1);
  },
};

async function createUpload(store: ObjectStore, key: string): Promise<string> {
  const { body } = await expectStatus(store, 200, { method: "POST", key, query: { uploads: "" }, ...plain });
  const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(body)?.[1];
  if (uploadId === undefined) throw new Error(`there is no upload id in ${body}`);
  return uploadId;
}

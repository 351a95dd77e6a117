import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type EngineAction, type EngineEvent, hashBytes, init } from "../common/index.ts";
import {
  type ObjectStore,
  type Sending,
  SigningRefused,
  type StoreAnswer,
  type StoreRequest,
} from "../storage/index.ts";
import { RequestSender } from "./request-sender.ts";

beforeAll(() =>
  init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"))),
);

const CONTENT = "0123456789";
const OK: StoreAnswer = { status: 200, headers: { etag: '"e"' }, body: "" };
type Send = Extract<EngineAction, { type: "send" }>;

function action(body: Send["body"], changes: Partial<Send> = {}): Send {
  const request = {
    request: 5,
    method: "PUT" as const,
    key: "k",
    query: { partNumber: "2" },
    headers: { a: "b" },
  };
  return { type: "send", ...request, host: 3, clockOffset: 60_000, body, ...changes };
}

/** A sender whose store does what the test says. */
function bench(send: ObjectStore["send"], file: Blob = new File([CONTENT], "f", { type: "text/plain" })) {
  const told: EngineEvent[] = [];
  const onBroken = vi.fn();
  const sent: StoreRequest[] = [];
  const store: ObjectStore = {
    send: (request, sending) => {
      sent.push(request);
      return send(request, sending);
    },
  };
  const bodies = { file: () => file, manifest: () => new Blob(["{}"]) };
  const sender = new RequestSender(store, bodies, (event) => told.push(event), onBroken);
  return { sender, sent, told, onBroken };
}

const range = (offset: bigint, length: bigint, expected?: string): Send["body"] => ({
  type: "range",
  file: 1,
  offset,
  length,
  ...(expected && { expect: hashBytes(new TextEncoder().encode(expected)) }),
});

/** A file that the browser refuses to read, because it was changed or is gone. */
function spoiled(error: string): Blob {
  const refused = new Blob([CONTENT]);
  const slice = () =>
    Object.assign(new Blob(["?"]), { arrayBuffer: () => Promise.reject(new DOMException("no", error)) });
  return Object.assign(refused, { slice });
}

const textOf = (body: StoreRequest["body"]) => (body instanceof Blob ? body.text() : body);

describe("RequestSender", () => {
  it("has everything sent that the engine says, and the bytes of the range", async () => {
    const { sender, sent, told } = bench(async () => OK);
    await sender.send(action(range(2n, 3n)));
    const [{ body, ...request } = { body: null }] = sent;
    expect(request).toEqual({
      method: "PUT",
      key: "k",
      query: { partNumber: "2" },
      headers: { a: "b" },
      host: 3,
      clockOffset: 60_000,
    });
    expect(await textOf(body)).toBe("234");
    expect(body).toMatchObject({ type: "" });
    expect(told).toEqual([{ type: "answered", request: 5, ...OK, wall: expect.any(BigInt) }]);
  });

  it.each<[Send["body"], unknown]>([
    [{ type: "none" }, null],
    [{ type: "text", text: "<Complete/>" }, "<Complete/>"],
  ])("sends %o", async (body, expected) => {
    const { sender, sent } = bench(async () => OK);
    await sender.send(action(body));
    expect(sent[0]?.body).toBe(expected);
  });

  it("sends the manifest", async () => {
    const { sender, sent } = bench(async () => OK);
    await sender.send(action({ type: "manifest" }));
    expect(await textOf(sent[0]?.body)).toBe("{}");
  });

  it("sends bytes that the server will not compare only if they are the expected ones", async () => {
    const { sender, sent, told } = bench(async () => OK);
    await sender.send(action(range(2n, 3n, "234")));
    expect(await textOf(sent[0]?.body)).toBe("234");
    await sender.send(action(range(2n, 3n, "235")));
    expect(sent).toHaveLength(1);
    expect(told.at(-1)).toEqual({ type: "unanswered", request: 5, source: "changed" });
  });

  it.each([
    ["NotReadableError", "changed"],
    ["NotFoundError", "unreadable"],
  ])("tells what became of a file that answers %s, before and after sending", async (error, source) => {
    const { sender, sent, told } = bench(async () => OK, spoiled(error));
    await sender.send(action(range(0n, 10n, CONTENT)));
    expect(sent).toEqual([]);
    await sender.send(action(range(0n, 10n)));
    expect(told).toMatchObject([
      { type: "unanswered", source },
      { type: "answered", source },
    ]);
  });

  it("tells progress of a body, and of nothing else", async () => {
    const progress = async (_: StoreRequest, sending?: Sending) => {
      sending?.onSent?.(4);
      return null;
    };
    const { sender, told } = bench(progress);
    await sender.send(action(range(0n, 10n)));
    await sender.send(action({ type: "none" }, { request: 6 }));
    expect(told).toEqual([
      { type: "send-progress", request: 5, bytes: 4n },
      { type: "unanswered", request: 5 },
      { type: "unanswered", request: 6 },
    ]);
  });

  it("gives a refused signature to the engine, and a defect to the driver", async () => {
    const problem = { code: "credentials-missing", what: "There are none.", next: "Enter some." };
    const refusing = bench(() => Promise.reject(new SigningRefused(problem)));
    await refusing.sender.send(action({ type: "none" }));
    expect(refusing.told).toEqual([{ type: "unsigned", request: 5, problem }]);
    const defect = new TypeError("x is not a function");
    const broken = bench(() => Promise.reject(defect));
    await broken.sender.send(action({ type: "none" }));
    expect(broken.onBroken).toHaveBeenCalledWith(defect);
    expect(broken.told).toEqual([]);
  });

  it.each<[string, (sender: RequestSender) => void]>([
    ["by itself", (sender) => sender.abort(5)],
    ["with all others", (sender) => sender.abortAll()],
  ])("tells nothing more of a request that was given up %s", async (_how, abort) => {
    let wasAborted = false;
    const { sender, told, onBroken } = bench(
      (_, sending) =>
        new Promise((_resolve, reject) => {
          sending?.signal?.addEventListener("abort", () => {
            wasAborted = true;
            sending.onSent?.(1);
            reject(new DOMException("aborted", "AbortError"));
          });
        }),
    );
    const sending = sender.send(action(range(0n, 10n)));
    await Promise.resolve();
    abort(sender);
    await sending;
    expect(wasAborted).toBe(true);
    expect(told).toEqual([]);
    expect(onBroken).not.toHaveBeenCalled();
  });

  it("sends nothing of what was given up while its bytes were compared", async () => {
    const { sender, sent, told } = bench(async () => OK);
    const sending = sender.send(action(range(0n, 10n, CONTENT)));
    sender.abortAll();
    await sending;
    expect(sent).toEqual([]);
    expect(told).toEqual([]);
  });
});

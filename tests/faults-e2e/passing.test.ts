/** Faults that pass: the upload goes on by itself, and everything arrives. One drop for each. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import type { Entry, Fault, Operation, Rule, When } from "../gateway/client.ts";
import { checks, Rig, UPLOAD_LIMIT_MS } from "./rig.ts";

let rig: Rig;
let workspace: WorkspacePage;
beforeAll(async () => {
  rig = await Rig.open();
  workspace = await rig.workspace();
});
afterAll(() => rig?.close());

/** Drops a fresh folder while the faults act; all of them have to, and everything has to arrive. */
async function arrives(rules: Rule[], folder?: string): Promise<Entry[]> {
  folder ??= await rig.shot();
  const before = await rig.look();
  await rig.inject(...rules);
  const end = await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS);
  const log = await rig.gateway.log();
  expect({ end, problems: end === "complete" ? [] : await workspace.problems() }).toEqual({
    end: "complete",
    problems: [],
  });
  expect(Math.min(...(await rig.gateway.fired()))).toBeGreaterThan(0);
  await rig.gateway.reset();
  const wrong = await rig.judge(workspace, folder, before);
  expect(wrong.filter((sentence) => !(rules.some(mayCommit) && COUNTED.test(sentence)))).toEqual([]);
  expect(await rig.newManifests(before)).toEqual([(await workspace.result()).manifestKey]);
  return log;
}

/**
 * Chromium sends a request again by itself when a connection that was used before ends without an answer. The store
 * then says that the object is there, and the page counts it as one that was there before.
 */
const COUNTED = /^The page shows (objects|bytes)(Written|Skipped)/;

/** Whether the store may do what is asked without the client hearing of it. */
function mayCommit({ fault }: Rule): boolean {
  return (
    ["lost-reply", "reset-reply", "truncate"].includes(fault.kind) ||
    (fault.kind === "answer" && fault.afterCommit === true)
  );
}

const at = (operation: Operation, fault: Fault, more: When & Pick<Rule, "times"> = {}): Rule => {
  const { times, ...when } = more;
  return { when: { operation, ...when }, ...(times !== undefined && { times }), fault };
};
const answer = (status: number, code?: string, more: Partial<Fault & { kind: "answer" }> = {}): Fault => ({
  kind: "answer",
  status,
  ...(code !== undefined && { code }),
  ...more,
});
const MANIFEST = { key: "/Manifests/" };
const DATA = { key: "/Data/" };
const PORTAL = { body: "<!doctype html><title>Hotel</title><p>Log in to go on." };

it("without a fault, a 40 MiB file goes in parts with checksums, and the page says that the server verified all", async () => {
  const log = await arrives([]);
  const parts = log.filter(({ operation }) => operation === "UploadPart");
  // They leave at the same time, and arrive in any order.
  parts.sort((a, b) => b.bytesIn - a.bytesIn);
  expect(parts.map(({ status, bytesIn }) => [status, bytesIn])).toEqual([
    [200, 16 << 20],
    [200, 16 << 20],
    [200, 8 << 20],
  ]);
  for (const { headers } of parts) expect(headers["x-amz-checksum-xxhash128"]).toMatch(/^.{22}==$/);
  expect(await checks(workspace)).toMatch(/^Checked by the server: \d+ objects byte for byte\.$/);
});

it.each<[string, ...Rule[]]>([
  ["connection refused for two seconds", at("PutObject", { kind: "refuse", ms: 2000 }, { ...DATA, nth: 5 })],
  [
    "reset at byte n of a request",
    at("HeadObject", { kind: "reset-request", after: 0 }, { nth: 3 }),
    at("PutObject", { kind: "reset-request", after: 0 }, { ...DATA, nth: 4 }),
    at("PutObject", { kind: "reset-request", after: 700 }, { ...DATA, nth: 9 }),
    at("UploadPart", { kind: "reset-request", after: 1 << 20 }, { nth: 2 }),
    at("CompleteMultipartUpload", { kind: "reset-request", after: 10 }),
    at("PutObject", { kind: "reset-request", after: 100 }, MANIFEST),
  ],
  [
    "reset at byte n of a reply",
    at("HeadObject", { kind: "reset-reply", after: 20 }, { nth: 3 }),
    at("PutObject", { kind: "reset-reply", after: 10 }, { ...DATA, nth: 5 }),
    at("UploadPart", { kind: "reset-reply", after: 30 }),
  ],
  [
    "a stall that ends, and slow bodies",
    at("UploadPart", { kind: "stall", after: 5 << 20, ms: 4000 }),
    at("UploadPart", { kind: "slow", bytesPerSecond: 6 << 20 }),
    at("PutObject", { kind: "slow", bytesPerSecond: 50_000 }, { ...DATA, nth: 2, times: 2 }),
  ],
  [
    "the reply lost after the commit, of an object, a part, a completion and the manifest",
    at("PutObject", { kind: "lost-reply" }, { ...DATA, nth: 3 }),
    at("PutObject", { kind: "lost-reply", reset: true }, { ...DATA, nth: 8 }),
    at("UploadPart", { kind: "lost-reply" }),
    at("CompleteMultipartUpload", { kind: "lost-reply" }),
    at("PutObject", { kind: "lost-reply" }, MANIFEST),
  ],
  [
    "a captive portal that answers 200 to everything, and lets go",
    { when: { ...DATA, nth: 10 }, times: 6, fault: answer(200, undefined, PORTAL) },
    at("CompleteMultipartUpload", answer(200, undefined, PORTAL)),
    at("PutObject", answer(200, undefined, PORTAL), MANIFEST),
  ],
  [
    "a captive portal that answers 403 and 511 with a page",
    { when: { ...DATA, nth: 10 }, times: 3, fault: answer(403, undefined, PORTAL) },
    { when: { ...DATA, nth: 20 }, times: 3, fault: answer(511, undefined, PORTAL) },
  ],
  [
    "400 BadDigest: bytes that were damaged on their way",
    at("PutObject", answer(400, "BadDigest"), { ...DATA, nth: 4 }),
    at("UploadPart", answer(400, "BadDigest")),
  ],
  [
    "400 RequestTimeout",
    at("PutObject", answer(400, "RequestTimeout"), { ...DATA, nth: 4 }),
    at("UploadPart", answer(400, "RequestTimeout")),
  ],
  [
    "408",
    at("HeadObject", answer(408), { nth: 2 }),
    at("PutObject", answer(408), { ...DATA, nth: 4 }),
    at("UploadPart", answer(408)),
  ],
  [
    "409 ConditionalRequestConflict",
    at("PutObject", answer(409, "ConditionalRequestConflict"), { ...DATA, nth: 4 }),
    at("CompleteMultipartUpload", answer(409, "ConditionalRequestConflict")),
    at("PutObject", answer(409, "ConditionalRequestConflict"), MANIFEST),
  ],
  [
    "412 for what is not there, and for what is",
    at("PutObject", answer(412, "PreconditionFailed"), { ...DATA, nth: 4 }),
    at("PutObject", answer(412, "PreconditionFailed", { afterCommit: true }), { ...DATA, nth: 9 }),
    at("CompleteMultipartUpload", answer(412, "PreconditionFailed", { afterCommit: true })),
  ],
  [
    "429 with and without Retry-After",
    at("HeadObject", answer(429, undefined, { headers: { "retry-after": "1" } }), { nth: 2 }),
    at("PutObject", answer(429, "SlowDown"), { ...DATA, nth: 4, times: 3 }),
  ],
  [
    "500 InternalError",
    at("HeadObject", answer(500), { nth: 3 }),
    at("PutObject", answer(500, "InternalError", { afterCommit: true }), { ...DATA, nth: 3 }),
    at("PutObject", answer(500, "InternalError"), { ...DATA, nth: 6, times: 2 }),
    at("CreateMultipartUpload", answer(500, "InternalError")),
    at("UploadPart", answer(500, "InternalError")),
    at("CompleteMultipartUpload", answer(500, "InternalError")),
    at("PutObject", answer(500, "InternalError"), MANIFEST),
  ],
  [
    "503 SlowDown with and without Retry-After, as seconds and as a date",
    at("HeadObject", answer(503), { nth: 2 }),
    at("PutObject", answer(503, "SlowDown", { headers: { "retry-after": "1" } }), { ...DATA, nth: 4 }),
    at("PutObject", answer(503, "SlowDown"), { ...DATA, nth: 9, times: 3 }),
    at("UploadPart", answer(503, "ServiceUnavailable", { early: true })),
    at(
      "PutObject",
      answer(503, "SlowDown", { headers: { "retry-after": "Tue, 24 Nov 2020 18:13:50 GMT" } }),
      MANIFEST,
    ),
  ],
  [
    "200 with an error in its body, from Complete",
    at("CompleteMultipartUpload", answer(200, "InternalError"), { times: 2 }),
  ],
  [
    "replies that are cut short, by an end of the connection and in the middle of a whole answer",
    at("UploadPart", { kind: "truncate", after: 0 }),
    at("ListMultipartUploads", { kind: "truncate", after: 80, honest: true }),
    at("CompleteMultipartUpload", { kind: "truncate", after: 70, honest: true }),
  ],
])("everything arrives through %s", async (_, ...rules) => {
  await arrives(rules);
});

it("the lost reply to the beginning of an upload in parts leaves nothing behind", async () => {
  const folder = await rig.shot();
  const before = await rig.look();
  await rig.inject(at("CreateMultipartUpload", { kind: "truncate", after: 100 }));
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  expect(await rig.gateway.fired()).toEqual([1]);
  const log = await rig.gateway.log();
  const named = log.filter(({ operation }) => ["UploadPart", "CompleteMultipartUpload"].includes(operation));
  expect(new Set(named.map(({ query }) => new URLSearchParams(query).get("uploadId"))).size).toBe(1);
  await rig.gateway.reset();
  expect(await rig.judge(workspace, folder, before)).toEqual([]);
});

it("a request in which nothing moves is given up after 30 s, and sent again", async () => {
  // Every part is larger than what the system takes in of a body that nobody reads.
  const folder = await rig.shot(48 << 20);
  // One that leaves altogether gets a second more for each 10 kB.
  const small = await rig.keyOf(folder, "frames/f.3.exr");
  // Still halting when they are given up, also where a busy machine is late.
  const rules = [
    at("PutObject", { kind: "stall", ms: 42_000 }, { key: small }),
    at("UploadPart", { kind: "stall", after: 1 << 20, ms: 42_000 }),
  ];
  const log = await arrives(rules, folder);
  const stalled = log.filter(({ fault }) => fault === "stall");
  expect(stalled.map(({ status }) => status)).toEqual([null, null]);
  for (const { operation, key, query, startedMs } of stalled) {
    // When one was given up is seen by the next: its own end waits behind the bytes that the system still holds.
    const isNext = (entry: Entry) =>
      entry.operation === operation &&
      entry.key === key &&
      entry.query === query &&
      entry.startedMs > startedMs;
    const took = (log.find(isNext)?.startedMs ?? 0) - startedMs;
    expect(took).toBeGreaterThan(29_000);
    expect(took).toBeLessThan(40_000);
  }
});

it.each([20, -20])("everything arrives with a clock that is off by %i minutes", async (skewMinutes) => {
  const folder = await rig.shot();
  const before = await rig.look();
  await rig.inject();
  await rig.gateway.set({ skewMinutes });
  expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
  const refused = (await rig.gateway.log()).filter(({ error }) => error === "RequestTimeTooSkewed");
  expect(refused.length).toBeGreaterThan(0);
  // What was under way when the first answer came, and no more.
  expect(refused.length).toBeLessThanOrEqual(6);
  await rig.gateway.reset();
  expect(await rig.judge(workspace, folder, before)).toEqual([]);
});

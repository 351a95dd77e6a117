/** What an upload promises, whatever carries its requests: each case is run on every adapter, in Node and in Chromium. */
import { hashBytes } from "deadlinejs/common";
import { expect } from "vitest";
import type { Settings } from "../gateway/client.ts";
import { SEND_BUFFER } from "../gateway/send-buffer.ts";
import { MIB, pause, refusal, type UploadBench } from "./bench.ts";
import { bytesOf } from "./content.ts";

/** Three parts: 16, 16 and 1 MiB. */
const LARGE = 33 * MIB;

type Case = (bench: UploadBench) => Promise<void>;

const basics: Record<string, Case> = {
  async "small, large, equal and empty files arrive, each content once"(bench) {
    const small = bench.files(20);
    const equal = { ...bench.file("again.bin", 0), content: small[0]?.content ?? { seed: 0, size: 0 } };
    const files = [...small, equal, bench.file("large.bin", LARGE), bench.file("empty.bin", 0)];
    const report = await bench.uploadWell(files);
    expect(report.counts).toMatchObject({ objectsWritten: 22, verifiedByServer: 22, notVerified: 0 });
    expect(await bench.done("PutObject", "/Data/")).toBe(21);
    expect(await bench.done("UploadPart")).toBe(3);
  },

  async "an empty file is an empty object"(bench) {
    const file = bench.file("empty.bin", 0);
    await bench.uploadWell([file]);
    expect(await bench.keys()).toContain(bench.keyOf(file.content));
  },

  async "without files there is no manifest"(bench) {
    await bench.expectFailed(await bench.upload([]), "nothing-to-upload");
    expect(await bench.keys()).toEqual([]);
  },

  async "what the store holds is not sent again"(bench) {
    const files = [...bench.files(3), bench.file("large.bin", LARGE)];
    await bench.uploadWell(files);
    const report = await bench.uploadWell(files);
    expect(report.counts).toMatchObject({ objectsWritten: 0, objectsSkipped: 4 });
    expect([await bench.done("PutObject", "/Data/"), await bench.done("UploadPart")]).toEqual([3, 3]);
  },

  async "an object of the wrong size is repaired"(bench) {
    const files = bench.files(3);
    for (const { content } of files) await bench.put(bench.keyOf(content), new Uint8Array());
    await bench.uploadWell(files);
  },

  async "bytes that do not have the hash somebody said are refused, not left behind, and sent under their own"(
    bench,
  ) {
    const [small, large] = [bench.file("small.bin", 5000), bench.file("large.bin", LARGE)];
    const other = [5001, LARGE].map((size) => bench.file("other", size).content);
    const lies = other.map((content) => hashBytes(bytesOf(content)));
    const files = [small, large].map((file, index) => ({ ...file, known: [lies[index] ?? ""] }));
    await bench.uploadWell(files);
    for (const content of other) expect(await bench.keys()).not.toContain(bench.keyOf(content));
  },
};

const cancelling: Record<string, Case> = {
  async "nothing arrives any more 250 ms after a cancel in the middle of a large part"(bench) {
    const upload = await bench.start([bench.file("large.bin", 96 * MIB), ...bench.files(5)]);
    await bench.until("a part under way", (log) =>
      log.some((entry) => entry.operation === "UploadPart" && entry.endedMs === null && entry.bytesIn > MIB),
    );
    await expectQuiet(bench, upload);
  },

  async "nothing arrives any more 250 ms after a cancel among small files"(bench) {
    await bench.gateway.set({ bytesPerSecond: MIB });
    const upload = await bench.start(bench.files(60, 100_000));
    await bench.until("some objects", (log) => log.some((entry) => entry.operation === "PutObject"));
    await expectQuiet(bench, upload);
  },

  async "a cancel ends also where the server says nothing"(bench) {
    await bench.fault("PutObject", { kind: "stall" }, { times: "always" });
    const upload = await bench.start(bench.files(3));
    await bench.until("a body", (log) => log.some((entry) => entry.operation === "PutObject"));
    await expectQuiet(bench, upload);
  },
};

async function expectQuiet(bench: UploadBench, upload: number): Promise<void> {
  const cancelledAt = await bench.place.cancel(upload);
  const bodies = async () => {
    const sends = (await bench.log()).filter(({ operation }) => /^(PutObject|UploadPart)$/.test(operation));
    const open = sends.filter(({ endedMs }) => endedMs === null).length;
    return { requests: sends.length, open, bytes: sends.reduce((sum, { bytesIn }) => sum + bytesIn, 0) };
  };
  await pause(cancelledAt + 250 - Date.now());
  const quiet = await bodies();
  const { type, endedAt } = await bench.place.end(upload);
  expect(type).toBe("cancelled");
  // Giving up parts is waited for, 3 s at most.
  expect(endedAt - cancelledAt).toBeLessThan(3_500);
  await pause(500);
  const later = await bodies();
  expect(later.requests).toBe(quiet.requests);
  expect(later.bytes - quiet.bytes).toBeLessThanOrEqual(quiet.open * SEND_BUFFER);
  await bench.gateway.release();
  await bench.expectNoManifest();
  await bench.expectNothingWrong();
}

const denied = refusal(403, "AccessDenied");

const orphans: Record<string, Case> = {
  async "no part is left when the beginning of parts is refused"(bench) {
    await bench.fault("CreateMultipartUpload", denied, { times: "always" });
    await bench.expectFailed(await bench.upload([bench.file("large.bin", LARGE)]), "access-denied");
  },

  async "no part is left when the first part is refused"(bench) {
    await bench.fault("UploadPart", denied);
    await bench.expectFailed(await bench.upload([bench.file("large.bin", LARGE)]), "access-denied");
  },

  async "no part is left when a later part is refused"(bench) {
    await bench.fault("UploadPart", denied, { nth: 3 });
    await bench.expectFailed(await bench.upload([bench.file("large.bin", LARGE)]), "access-denied");
  },

  async "no part is left when putting the parts together is refused"(bench) {
    await bench.fault("CompleteMultipartUpload", denied);
    await bench.expectFailed(await bench.upload([bench.file("large.bin", LARGE)]), "access-denied");
  },

  async "no part is left of two large files when one of them fails"(bench) {
    await bench.fault("UploadPart", denied, { nth: 4 });
    const files = [bench.file("one.bin", LARGE), bench.file("two.bin", LARGE)];
    await bench.expectFailed(await bench.upload(files), "access-denied");
  },

  async "a manifest that is refused is not there"(bench) {
    await bench.fault("PutObject", denied, { key: "Manifests/" });
    await bench.expectFailed(await bench.upload(bench.files(2)), "access-denied");
  },
};

const elsewhere: Record<string, Case> = {
  async "a bucket in another region is named with its region (301)"(bench) {
    await expectRegion(bench, 301, "PermanentRedirect");
  },

  async "a bucket in another region is named with its region (307)"(bench) {
    await expectRegion(bench, 307, "TemporaryRedirect");
  },
};

async function expectRegion(bench: UploadBench, status: number, code: string): Promise<void> {
  const moved = refusal(status, code, { "x-amz-bucket-region": "eu-west-1" });
  for (const operation of ["HeadObject", "GetObject", "PutObject"] as const)
    await bench.fault(operation, moved, { times: "always" });
  const report = await bench.upload(bench.files(2));
  await bench.expectFailed(report, "region-wrong");
  expect(report.problems[0]?.next).toContain("eu-west-1");
  expect(await bench.keys()).toEqual([]);
}

const several: Record<string, Case> = {
  async "two uploaders of the same files at once are both right"(bench) {
    const files = [...bench.files(30), bench.file("large.bin", LARGE)];
    const [one, two] = [await bench.start(files), await bench.start(files)];
    for (const upload of [one, two]) await bench.expectComplete(await bench.place.end(upload), files);
  },

  async "after a kill only the part that is missing is sent"(bench) {
    await killInThirdPart(bench, false);
    const parts = await bench.done("UploadPart");
    await bench.uploadWell([largeOf(bench)]);
    expect((await bench.done("UploadPart")) - parts).toBe(1);
  },

  async "after a kill the journal does where nothing may be listed"(bench) {
    await killInThirdPart(bench, true);
    for (const operation of ["ListMultipartUploads", "ListParts"] as const)
      await bench.fault(operation, denied, { times: "always" });
    const parts = await bench.done("UploadPart");
    await bench.uploadWell([largeOf(bench)], { journal: true });
    expect((await bench.done("UploadPart")) - parts).toBe(1);
  },
};

const larges = new WeakMap<UploadBench, ReturnType<UploadBench["file"]>>();

function largeOf(bench: UploadBench) {
  const file = larges.get(bench) ?? bench.file("large.bin", LARGE + 7 * MIB);
  larges.set(bench, file);
  return file;
}

async function killInThirdPart(bench: UploadBench, journal: boolean): Promise<void> {
  await bench.gateway.inject({
    when: { operation: "UploadPart", key: bench.store.rootPrefix, nth: 4 },
    fault: { kind: "stall", after: MIB },
  });
  await bench.start([largeOf(bench)], { journal });
  await bench.until("two parts, and a third on its way", (log) => {
    const parts = log.filter(({ operation }) => operation === "UploadPart");
    const isStalled = parts.some((entry) => entry.fault === "stall" && entry.bytesIn >= MIB);
    return isStalled && parts.filter(({ status }) => status === 200).length === 2;
  });
  // The journal is told of a part after the answer.
  await pause(journal ? 1_000 : 100);
  await bench.place.kill();
  await bench.gateway.release();
  await pause(100);
  await bench.gateway.clearFaults();
  expect(await bench.openUploads()).toHaveLength(1);
}

const credentials: Record<string, Case> = {
  async "credentials that expire are renewed and nothing is sent twice"(bench) {
    const files = [...bench.files(12), bench.file("large.bin", LARGE)];
    for (const operation of ["HeadObject", "PutObject", "UploadPart", "GetObject"] as const)
      await bench.fault(operation, refusal(400, "ExpiredToken"), { nth: 3, times: "always" });
    const upload = await bench.start(files);
    expect(await bench.place.needsCredentials(upload)).toMatchObject({ code: "credentials-expired" });
    await bench.gateway.clearFaults();
    await bench.place.renew(upload);
    await bench.expectComplete(await bench.place.end(upload), files);
    expect(await bench.done("PutObject", "/Data/")).toBe(12);
    expect(await bench.done("UploadPart")).toBe(3);
    expect(await bench.done("CreateMultipartUpload")).toBe(1);
  },

  async "a clock that is 20 minutes behind does not matter"(bench) {
    await bench.gateway.set({ skewMinutes: 20 });
    await bench.uploadWell(bench.files(5));
  },

  async "a clock that is 20 minutes ahead does not matter"(bench) {
    await bench.gateway.set({ skewMinutes: -20 });
    await bench.uploadWell(bench.files(5));
  },
};

const lost = { kind: "lost-reply" } as const;

const network: Record<string, Case> = {
  async "a lost reply to a PUT that was carried out costs nothing"(bench) {
    await bench.fault("PutObject", lost, { nth: 2, times: 3, key: "Data/" });
    await bench.uploadWell(bench.files(8));
  },

  async "a lost reply to a part that was carried out costs one part at most"(bench) {
    await bench.fault("UploadPart", lost, { nth: 2 });
    await bench.uploadWell([bench.file("large.bin", LARGE)]);
  },

  async "a lost reply to putting parts together costs nothing"(bench) {
    await bench.fault("CompleteMultipartUpload", lost);
    await bench.uploadWell([bench.file("large.bin", LARGE)]);
    expect(await bench.done("UploadPart")).toBe(3);
  },

  async "a lost reply to the manifest leaves one manifest"(bench) {
    await bench.fault("PutObject", lost, { key: "Manifests/" });
    await bench.uploadWell(bench.files(2));
    expect((await bench.keys()).filter((key) => key.includes("/Manifests/"))).toHaveLength(1);
  },

  async "slow and halting bodies arrive"(bench) {
    await bench.fault("PutObject", { kind: "slow", bytesPerSecond: MIB }, { nth: 2 });
    await bench.fault("PutObject", { kind: "stall", after: 100_000, ms: 1_500 }, { nth: 3 });
    await bench.uploadWell(bench.files(4, MIB));
  },

  async "connections that are reset in a body and in an answer do not matter"(bench) {
    await bench.fault("PutObject", { kind: "reset-request", after: 50_000 }, { nth: 2 });
    await bench.fault("PutObject", { kind: "reset-reply", after: 20 }, { nth: 3 });
    await bench.fault("CreateMultipartUpload", { kind: "truncate", after: 80 });
    await bench.uploadWell([...bench.files(4, 200_000), bench.file("large.bin", LARGE)]);
  },

  async "a busy server is left alone for as long as it asks"(bench) {
    const busy = refusal(503, "SlowDown", { "retry-after": "2" });
    await bench.fault("PutObject", busy, { nth: 3 });
    await bench.uploadWell(bench.files(6));
    const log = await bench.log();
    const refused = log.find(({ status }) => status === 503);
    const at = refused?.endedMs ?? 0;
    const next = log.filter(({ startedMs }) => startedMs > at && startedMs < at + 1_900);
    expect(next.filter(({ key }) => key === refused?.key)).toEqual([]);
    // The answer is on its way to the client for a moment, and what was being sent meanwhile to the server.
    expect(next.filter(({ startedMs }) => startedMs > at + 1_000)).toEqual([]);
  },

  async "the login page of a network is not taken for the store"(bench) {
    const page = { kind: "answer", status: 200, body: "<html><title>Log in</title></html>" } as const;
    for (const operation of ["HeadObject", "PutObject"] as const)
      await bench.fault(operation, page, { times: 6 });
    await bench.uploadWell(bench.files(6));
  },

  async "a network that is away for a second does not matter"(bench) {
    await bench.fault("PutObject", { kind: "refuse", ms: 1_000 }, { nth: 2 });
    await bench.uploadWell(bench.files(8));
  },
};

/** Five files are sent, then found; somebody lies about one of them. So many are verified by such a server. */
async function onOtherServer(
  bench: UploadBench,
  settings: Settings,
  verifiedByServer: number,
  size = LARGE,
): Promise<void> {
  await bench.gateway.set(settings);
  const lie = bench.file("other", 5000).content;
  const honest = [bench.file("l.bin", size), ...bench.files(4)];
  const known = [hashBytes(bytesOf(lie))];
  const report = await bench.uploadWell(honest.map((file, at) => (at === 1 ? { ...file, known } : file)));
  expect(report.counts).toMatchObject({ objectsWritten: 5, verifiedByServer });
  expect(await bench.keys()).not.toContain(bench.keyOf(lie));
  const again = await bench.upload(honest);
  expect(again).toMatchObject({ type: "complete", counts: { objectsWritten: 0, objectsSkipped: 5 } });
}

const servers: Record<string, Case> = {
  "a server that ignores checksums gets right bytes all the same": (bench) =>
    onOtherServer(bench, { checksum: "ignored" }, 0),
  "a server that does not implement checksums gets right bytes all the same": (bench) =>
    onOtherServer(bench, { checksum: "not-implemented" }, 0),
  "a server that finds checksums invalid gets right bytes all the same": (bench) =>
    onOtherServer(bench, { checksum: "invalid" }, 0, MIB),
  "a server that ignores conditional writes is served": (bench) =>
    onOtherServer(bench, { ifNoneMatch: "ignored" }, 5, MIB),
  "a server that does not implement conditional writes is served": (bench) =>
    onOtherServer(bench, { ifNoneMatch: "not-implemented" }, 5),
  "a server without uploads in parts is served": (bench) =>
    onOtherServer(bench, { multipart: "not-implemented" }, 5),
  "a server with nothing of all this is served": (bench) =>
    onOtherServer(
      bench,
      {
        checksum: "not-implemented",
        ifNoneMatch: "not-implemented",
        multipart: "not-implemented",
        expectedOwner: "ignored",
      },
      0,
    ),
};

/** All of them, by what they promise. */
export const cases: Record<string, Case> = {
  ...basics,
  ...cancelling,
  ...orphans,
  ...elsewhere,
  ...several,
  ...credentials,
  ...network,
  ...servers,
};

/** Takes 30 s: runs beside the others, before a gateway of its own. */
export const stalled: Case = async (bench) => {
  // Still halting when it is given up, also where a busy machine is late.
  const stall = { kind: "stall", ms: 42_000 } as const;
  await bench.fault("PutObject", { ...stall, after: 1000 }, { nth: 2 });
  // Of a part of which nothing is told nobody knows whether it still moves: it gets five minutes.
  if (bench.tellsProgress) await bench.fault("UploadPart", { ...stall, after: MIB }, { nth: 2 });
  // A body gets a second more for each 10 kB. The buffers of this machine take some MiB, so every part is larger than they are.
  await bench.uploadWell([...bench.files(3, 5_000), bench.file("large.bin", 48 * MIB)]);
  const halted = (await bench.log()).filter(({ fault }) => fault === "stall");
  expect(halted.map(({ status }) => status)).toEqual(bench.tellsProgress ? [null, null] : [null]);
};

import { beforeEach, expect, it, vi } from "vitest";
import { goodProfile } from "../background/fake-storage.ts";
import { type FromUploads, NAMED_AT_MOST, type UploadState } from "../shared/messages.ts";
import { UploadRun } from "./upload-run.ts";

/** What the run gives its driver, and what the driver is told. */
interface Driver {
  options: { holdUntilBegin: boolean; onEnd: (outcome: object) => void };
  begin: () => void;
  select: (patterns: object) => void;
  leftOut: (most: number) => { files: number; first: object[] };
}

const mocks = vi.hoisted(() => ({
  drivers: [] as unknown[],
  progress: {} as object,
  note: vi.fn(async (_: object) => undefined),
  tellEnd: vi.fn(),
  tellPercent: vi.fn(),
  history: vi.fn(async (_: object | undefined) => undefined),
}));
vi.mock("deadlinejs/hash", () => ({
  PooledWorkerExecutor: class {
    lanes = {};
    dispose = (): void => undefined;
  },
}));
vi.mock("deadlinejs/journal", () => ({
  openJournal: async () => undefined,
  noteUnfinished: mocks.note,
  forgetUnfinished: async () => undefined,
}));
vi.mock("deadlinejs/storage", () => ({ SignedFetchStore: class {} }));
vi.mock("deadlinejs/upload", () => ({
  UploadDriver: class {
    begin = vi.fn();
    select = vi.fn(({ exclude }: { exclude: string[] }) => {
      if (exclude.includes("[x")) throw new Error("it cannot be read");
    });
    leftOut = vi.fn((most: number) => ({
      files: 100_000,
      first: Array.from({ length: most }, (_, n) => ({ path: `${n}`, code: "excluded", reason: "" })),
    }));
    progress = () => mocks.progress;
    canRetry = () => "now";
    loseIntake = (): void => undefined;
    constructor(readonly options: object) {
      mocks.drivers.push(this);
    }
  },
}));
vi.mock("../shared/browser.ts", () => ({ HASH_WORKER_PATH: "w.js", pageUrl: (path: string) => path }));
vi.mock("../shared/history.ts", () => ({ noteHistory: mocks.history }));
vi.mock("./journal-place.ts", () => ({ journalPlace: () => ({}) }));
vi.mock("./preview-seen.ts", () => ({ isUnseen: async () => false }));
vi.mock("./store-url.ts", () => ({ storeUrl: () => new URL("https://store.example.com") }));
vi.mock("./vault-client.ts", () => ({
  VaultSigner: class {},
  tellCredentialsNeeded: () => undefined,
  tellPercent: mocks.tellPercent,
  tellUploadEnded: mocks.tellEnd,
}));

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const NONE = { filesDone: 0, filesTotal: 0, bytesDone: 0n, bytesTotal: 0n };
const told: UploadState[] = [];
const last = () => told.at(-1);

async function begin(order: object): Promise<{ run: UploadRun; driver: Driver }> {
  const whole = { uploadId: UPLOAD, label: "shot", profile: goodProfile, hold: false, ...order };
  const run = await UploadRun.begin(whole, (message: FromUploads) => {
    if (message.type === "upload.state") told.push(message.state);
  });
  return { run, driver: mocks.drivers.at(-1) as Driver };
}

beforeEach(() => {
  told.length = 0;
  vi.clearAllMocks();
  mocks.progress = {
    phase: "uploading",
    found: { files: 1, bytes: 1n, complete: true },
    hashing: NONE,
    checking: NONE,
    uploading: NONE,
    percent: 0,
    bytesPerSecond: 0n,
  };
  vi.stubGlobal("navigator", { locks: { request: async () => undefined } });
  vi.stubGlobal("Promise", Object.assign(Promise, { withResolvers: Promise.withResolvers ?? resolvers }));
});

/** Newer than the oldest Node.js that runs the tests. */
function resolvers<T>() {
  let [resolve, reject] = [(_: T): void => undefined, (_: unknown): void => undefined];
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

it("notes what was begun with its choice of files, and what nobody has begun not at all", async () => {
  const patterns = { include: [], exclude: ["*.tmp"] };
  const { run, driver } = await begin({ hold: true });
  run.take({ to: "host", type: "intake.roots", uploadId: UPLOAD, roots: [] });
  run.take({ to: "host", type: "upload.select", uploadId: UPLOAD, patterns });
  await Promise.resolve();
  expect(mocks.note).not.toHaveBeenCalled();
  run.take({ to: "host", type: "upload.send", uploadId: UPLOAD });
  await vi.waitFor(() => expect(mocks.note).toHaveBeenCalledOnce());
  expect(mocks.note.mock.calls[0]?.[0]).toMatchObject({ uploadId: UPLOAD, patterns });
  expect(driver.begin).toHaveBeenCalledOnce();
});

it("begins at once with the choice of files that it is ordered with", async () => {
  const patterns = { include: [], exclude: ["cache"] };
  const { driver } = await begin({ patterns });
  expect(driver.options.holdUntilBegin).toBe(true);
  expect(driver.select).toHaveBeenCalledExactlyOnceWith(patterns);
  expect(driver.begin).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(mocks.note).toHaveBeenCalled());
  expect(mocks.note.mock.calls[0]?.[0]).toMatchObject({ patterns });
});

it("sends nothing with a choice of files that cannot be read, until there is another", async () => {
  mocks.progress = { ...mocks.progress, phase: "held", preview: { filesLeftOut: 0 } };
  const { run, driver } = await begin({ hold: true });
  const select = (exclude: string[]) =>
    run.take({ to: "host", type: "upload.select", uploadId: UPLOAD, patterns: { include: [], exclude } });
  const send = () => run.take({ to: "host", type: "upload.send", uploadId: UPLOAD });
  select(["[x"]);
  send();
  expect(driver.begin).not.toHaveBeenCalled();
  expect(last()?.refusal).toMatchObject({ code: "patterns-refused" });
  select(["x"]);
  expect(last()?.refusal).toBeUndefined();
  send();
  expect(driver.begin).toHaveBeenCalledOnce();
});

it("is no upload that was cancelled when a preview is given up", async () => {
  mocks.progress = { ...mocks.progress, phase: "cancelled" };
  const given = await begin({ hold: true });
  given.driver.options.onEnd({ type: "cancelled" });
  expect(last()).toMatchObject({ phase: "cancelled", isGivenUp: true });
  expect(mocks.history).toHaveBeenLastCalledWith(undefined);
  const sent = await begin({ hold: true });
  sent.run.take({ to: "host", type: "upload.send", uploadId: UPLOAD });
  sent.driver.options.onEnd({ type: "cancelled" });
  expect(last()?.isGivenUp).toBeUndefined();
  expect(mocks.history).toHaveBeenLastCalledWith(expect.objectContaining({ phase: "cancelled" }));
});

it("tells no percent of a preview", async () => {
  mocks.progress = { ...mocks.progress, phase: "held", preview: { filesLeftOut: 0 } };
  const { run } = await begin({ hold: true });
  run.announce();
  expect(mocks.tellPercent).not.toHaveBeenCalled();
  run.take({ to: "host", type: "upload.send", uploadId: UPLOAD });
  expect(mocks.tellPercent).toHaveBeenCalledExactlyOnceWith(UPLOAD, 0);
});

it("names the first of what failed and was left out, and counts all of it", async () => {
  const { run, driver } = await begin({});
  const problem = { code: "file-unreadable", what: "It cannot be read.", next: "Look." };
  const problems = Array.from({ length: 5000 }, (_, n) => ({ ...problem, file: `${n}` }));
  mocks.progress = { ...mocks.progress, phase: "failed" };
  driver.options.onEnd({ type: "failed", problems });
  for (let asked = 0; asked < 3; asked += 1) run.announce();
  expect(last()).toMatchObject({ problemCount: 5000, notTakenCount: 100_000 });
  expect(last()?.problems).toEqual(problems.slice(0, NAMED_AT_MOST));
  expect(last()?.notTaken).toHaveLength(NAMED_AT_MOST);
  // Looked for once, and never all of it.
  expect(vi.mocked(driver.leftOut).mock.calls).toEqual([[NAMED_AT_MOST]]);
  expect(mocks.tellEnd).toHaveBeenCalledWith(UPLOAD, {
    phase: "failed",
    label: "shot",
    problem: problems[0],
  });
});

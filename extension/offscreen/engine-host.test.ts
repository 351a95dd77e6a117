import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UPLOADS_CHANNEL } from "../shared/messages.ts";
import { EngineHost } from "./engine-host.ts";

type Listener = (message: unknown, sender: object) => Promise<unknown> | undefined;

const mocks = vi.hoisted(() => ({
  listeners: [] as Listener[],
  loadWasm: vi.fn(),
  runs: [] as {
    uploadId: string;
    isRunning: boolean;
    isHeld: boolean;
    announce: () => void;
    take: (m: unknown) => void;
    credentialsRenewed: () => void;
    retry: () => Promise<boolean>;
    dispose: () => void;
  }[],
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    runtime: {
      id: "ours",
      onMessage: { addListener: (listener: Listener) => mocks.listeners.push(listener) },
    },
  },
  OFFSCREEN_PATH: "offscreen/offscreen.html",
  pageUrl: (path: string) => `chrome-extension://ours/${path}`,
  WASM_PATH: "module.wasm",
}));
vi.mock("deadlinejs/common", () => ({ init: mocks.loadWasm }));
vi.mock("./upload-run.ts", () => ({
  UploadRun: class {
    isRunning = true;
    isHeld = false;
    label = "shot_010";
    announce = vi.fn();
    take = vi.fn();
    credentialsRenewed = vi.fn();
    retry = vi.fn(async () => true);
    dispose = vi.fn();
    uploadId: string;
    constructor(uploadId: string) {
      this.uploadId = uploadId;
      mocks.runs.push(this);
    }
    static async begin({ uploadId }: { uploadId: string }) {
      return new this(uploadId);
    }
  },
}));

const FIRST = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const SECOND = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a12";
const background = { id: "ours", url: "chrome-extension://ours/background/background.js" };

function order(uploadId: string): object {
  const profile = {
    name: "Farm",
    region: "us-west-2",
    farmId: "farm-1",
    queueId: "queue-1",
    bucket: "b",
    rootPrefix: "p",
    assetRoot: "/projects",
    assetRootFormat: "posix",
    endpoint: "",
    pathStyle: false,
  };
  return { type: "host.open", uploadId, label: "shot_010", profile, hold: false };
}

const send = (message: unknown, sender: object = background) => mocks.listeners[0]?.(message, sender);

let pages: BroadcastChannel;
beforeEach(() => {
  mocks.listeners.length = 0;
  mocks.runs.length = 0;
  mocks.loadWasm.mockReset().mockResolvedValue(undefined);
  new EngineHost().listen();
  pages = new BroadcastChannel(UPLOADS_CHANNEL);
});
afterEach(() => pages.close());

describe("EngineHost", () => {
  it("lets one of two orders through that come at once", async () => {
    const replies = await Promise.all([send(order(FIRST)), send(order(SECOND))]);
    expect(replies).toEqual([
      { ok: true, value: null },
      { ok: false, problem: expect.objectContaining({ code: "upload-running" }) },
    ]);
    expect(mocks.runs.map(({ uploadId }) => uploadId)).toEqual([FIRST]);
  });

  it("takes the next order when an upload has ended", async () => {
    await send(order(FIRST));
    expect(await send(order(SECOND))).toMatchObject({ ok: false });
    for (const run of mocks.runs) run.isRunning = false;
    expect(await send(order(SECOND))).toEqual({ ok: true, value: null });
    expect(mocks.runs.map(({ dispose }) => vi.mocked(dispose).mock.calls.length)).toEqual([1, 0]);
  });

  it("says of a preview that it is open, and not that something runs", async () => {
    await send(order(FIRST));
    for (const run of mocks.runs) run.isHeld = true;
    const open = {
      ok: false,
      problem: {
        code: "preview-open",
        what: "A preview of shot_010 is open in the workspace.",
        next: "Press Upload or Cancel there, then try again.",
      },
    };
    expect(await send(order(SECOND))).toEqual(open);
    expect(await send({ type: "host.retry", uploadId: FIRST })).toEqual(open);
  });

  it("takes up again only the upload that it has, once that has ended", async () => {
    const again = (uploadId: string) => send({ type: "host.retry", uploadId });
    const gone = { ok: false, problem: expect.objectContaining({ code: "retry-gone" }) };
    expect(await again(FIRST)).toEqual(gone);
    await send(order(FIRST));
    expect(await again(FIRST)).toMatchObject({ ok: false, problem: { code: "upload-running" } });
    for (const run of mocks.runs) run.isRunning = false;
    expect(await again(SECOND)).toEqual(gone);
    expect(await again(FIRST)).toEqual({ ok: true, value: null });
    const [run] = mocks.runs;
    if (run) vi.mocked(run.retry).mockResolvedValue(false);
    expect(await again(FIRST)).toEqual(gone);
  });

  it("lets nothing pass an upload that is being taken up again", async () => {
    await send(order(FIRST));
    const [run] = mocks.runs;
    if (!run) throw new Error("there is no run");
    run.isRunning = false;
    let open = (_: boolean): void => undefined;
    const opening = new Promise<boolean>((resolve) => {
      open = resolve;
    });
    vi.mocked(run.retry).mockReturnValue(opening);
    const again = send({ type: "host.retry", uploadId: FIRST });
    const running = { ok: false, problem: { code: "upload-running" } };
    expect(await send(order(SECOND))).toMatchObject(running);
    expect(await send({ type: "host.retry", uploadId: FIRST })).toMatchObject(running);
    open(true);
    expect(await again).toEqual({ ok: true, value: null });
    expect(run.retry).toHaveBeenCalledTimes(1);
    expect(run.dispose).not.toHaveBeenCalled();
  });

  it("takes the next order when the module could not be loaded for the last one", async () => {
    mocks.loadWasm.mockRejectedValueOnce(new Error("out of memory"));
    await expect(send(order(FIRST))).rejects.toThrow("out of memory");
    expect(await send(order(SECOND))).toEqual({ ok: true, value: null });
  });

  it("tells its upload that there are new credentials, if it has one", async () => {
    const renewed = (uploadId: string) => ({ type: "credentials.renewed", uploadId });
    expect(await send(renewed(FIRST))).toEqual({ ok: true, value: null });
    await send(order(FIRST));
    expect(await send(renewed(SECOND))).toEqual({ ok: true, value: null });
    expect(mocks.runs[0]?.credentialsRenewed).not.toHaveBeenCalled();
    expect(await send(renewed(FIRST))).toEqual({ ok: true, value: null });
    expect(mocks.runs[0]?.credentialsRenewed).toHaveBeenCalledTimes(1);
  });

  it("takes orders from the background alone", () => {
    const workspace = { id: "ours", url: "chrome-extension://ours/workspace/workspace.html" };
    expect(send(order(FIRST), workspace)).toBeUndefined();
    expect(send({ ...order(FIRST), also: 1 })).toBeUndefined();
  });

  it("passes on what pages say of its upload, if it is well-formed", async () => {
    await send(order(FIRST));
    const [run] = mocks.runs;
    const end = { to: "host", type: "intake.end", uploadId: FIRST };
    pages.postMessage({ ...end, also: 1 });
    pages.postMessage({ ...end, uploadId: SECOND });
    pages.postMessage("intake.end");
    pages.postMessage(end);
    pages.postMessage({ to: "host", type: "uploads.query" });
    await vi.waitFor(() => expect(run?.announce).toHaveBeenCalledTimes(1));
    expect(vi.mocked(run?.take)?.mock.calls).toEqual([[end]]);
  });
});

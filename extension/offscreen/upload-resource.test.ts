import { beforeEach, expect, it, vi } from "vitest";
import type { UploadState } from "../shared/messages.ts";
import { uploadResource } from "./upload-resource.ts";

const mocks = vi.hoisted(() => ({
  close: vi.fn(),
  remove: vi.fn(async () => undefined),
  stop: vi.fn(),
  start: vi.fn(),
  tell: undefined as unknown as (state: unknown) => void,
}));
vi.mock("deadlinejs/common", () => ({ init: async () => undefined, resourceName: () => "a.mp4" }));
vi.mock("../shared/background-client.ts", () => ({ askBackground: async () => ({ ok: true }) }));
vi.mock("../shared/browser.ts", () => ({ pageUrl: (path: string) => path, WASM_PATH: "module.wasm" }));
vi.mock("../shared/intake/start-upload.ts", () => ({ startUpload: mocks.start }));
vi.mock("../shared/uploads-client.ts", () => ({
  UploadsClient: class {
    close = mocks.close;
    query = (): void => undefined;
    cancel = (): void => undefined;
    onState(listener: (state: unknown) => void) {
      mocks.tell = listener;
    }
  },
}));
vi.mock("./spool.ts", () => ({
  spool: async () => ({ content: new Blob(["film"]), remove: mocks.remove }),
}));

const OURS = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const OTHER = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a12";
const say = (state: Pick<UploadState, "uploadId" | "phase" | "retry">) => mocks.tell(state);

beforeEach(async () => {
  vi.clearAllMocks();
  vi.stubGlobal("fetch", async () => new Response("film"));
  mocks.start.mockImplementation(async (_, { items }) => {
    // What was fetched is handed over.
    for await (const _ of items) break;
    return { uploadId: OURS, label: "a.mp4", stop: mocks.stop };
  });
  await uploadResource({ type: "address", address: "https://example.com/a.mp4" });
});

it.each(["complete", "cancelled", "failed"] as const)(
  "lets go of what was fetched when it is %s and cannot be taken up again",
  (phase) => {
    say({ uploadId: OURS, phase: "uploading" });
    expect(mocks.remove).not.toHaveBeenCalled();
    say({ uploadId: OURS, phase });
    expect(mocks.stop).toHaveBeenCalled();
    expect(mocks.remove).toHaveBeenCalledOnce();
    expect(mocks.close).toHaveBeenCalledOnce();
  },
);

it("keeps what was fetched as long as the upload can be taken up again", () => {
  say({ uploadId: OURS, phase: "failed", retry: "now" });
  say({ uploadId: OURS, phase: "uploading" });
  say({ uploadId: OURS, phase: "failed", retry: "now" });
  expect(mocks.remove).not.toHaveBeenCalled();
  say({ uploadId: OTHER, phase: "finding" });
  expect(mocks.remove).toHaveBeenCalledOnce();
  expect(mocks.close).toHaveBeenCalledOnce();
});

it("hears nothing more of an upload that did not begin", async () => {
  mocks.start.mockResolvedValue({ code: "upload-running", what: "", next: "" });
  await uploadResource({ type: "text", text: "words" });
  expect(mocks.close).toHaveBeenCalledOnce();
});

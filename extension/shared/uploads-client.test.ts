import { describe, expect, it } from "vitest";
import type { FromUploads, ToUploads, UploadState } from "./messages.ts";
import { UploadsClient } from "./uploads-client.ts";

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";

/** The channel: remembers what was posted and lets a test speak as the engine host. */
class Channel extends EventTarget {
  readonly posted: ToUploads[] = [];
  postMessage = (message: ToUploads): void => {
    this.posted.push(message);
  };
  close = (): void => undefined;
  say(data: FromUploads | ToUploads | string): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function open(): { channel: Channel; client: UploadsClient } {
  const channel = new Channel();
  return { channel, client: new UploadsClient(channel) };
}

const none = { filesDone: 0, filesTotal: 0, bytesDone: 0n, bytesTotal: 0n };
const state: UploadState = {
  uploadId: UPLOAD,
  label: "shot_010",
  profileName: "Farm",
  assetRoot: "/projects",
  server: "b.s3.us-west-2.amazonaws.com",
  startedAt: 1,
  phase: "finding",
  found: { files: 0, bytes: 0n, complete: false },
  hashing: none,
  checking: none,
  uploading: none,
  percent: 0,
  bytesPerSecond: 0n,
  notTaken: [],
  notTakenCount: 0,
  problems: [],
  problemCount: 0,
};
const counts = {
  waiting: 0,
  hashing: 0,
  checking: 0,
  sending: 0,
  "in-store": 0,
  sent: 0,
  failed: 0,
  skipped: 0,
  "not-sent": 0,
};
const never = new AbortController().signal;

async function settled(promise: Promise<void>): Promise<"pending" | "resolved" | "rejected"> {
  const later = new Promise<"pending">((resolve) => setTimeout(() => resolve("pending"), 5));
  const now = promise.then(
    () => "resolved" as const,
    () => "rejected" as const,
  );
  return Promise.race([now, later]);
}

describe("UploadsClient", () => {
  it("passes on states, and nothing that is meant for the host", () => {
    const { channel, client } = open();
    const heard: UploadState[] = [];
    client.onState((next) => heard.push(next));
    channel.say({ to: "host", type: "uploads.query" });
    channel.say("noise");
    channel.say({ to: "pages", type: "upload.state", state });
    expect(heard).toEqual([state]);
  });

  it("asks, pauses, resumes and cancels", () => {
    const { channel, client } = open();
    client.query();
    client.pause(UPLOAD);
    client.resume(UPLOAD);
    client.cancel(UPLOAD);
    client.giveRoots(UPLOAD, []);
    expect(channel.posted).toEqual([
      { to: "host", type: "uploads.query" },
      { to: "host", type: "upload.pause", uploadId: UPLOAD },
      { to: "host", type: "upload.resume", uploadId: UPLOAD },
      { to: "host", type: "upload.cancel", uploadId: UPLOAD },
      { to: "host", type: "intake.roots", uploadId: UPLOAD, roots: [] },
    ]);
  });

  it("gives a batch and waits until that batch of that upload is taken", async () => {
    const { channel, client } = open();
    const given = client.giveFiles({ uploadId: UPLOAD, batch: 3, files: [], notTaken: [] }, never);
    expect(channel.posted).toEqual([
      { to: "host", type: "intake.files", uploadId: UPLOAD, batch: 3, files: [], notTaken: [] },
    ]);
    channel.say({ to: "pages", type: "intake.taken", uploadId: UPLOAD, batch: 2 });
    channel.say({ to: "pages", type: "intake.taken", uploadId: "another", batch: 3 });
    expect(await settled(given)).toBe("pending");
    channel.say({ to: "pages", type: "intake.taken", uploadId: UPLOAD, batch: 3 });
    expect(await settled(given)).toBe("resolved");
  });

  it("stops waiting when aborted, before or meanwhile", async () => {
    const { client } = open();
    const abort = new AbortController();
    const given = client.giveFiles({ uploadId: UPLOAD, batch: 0, files: [], notTaken: [] }, abort.signal);
    abort.abort();
    expect(await settled(given)).toBe("rejected");
    expect(await settled(client.endIntake(UPLOAD, abort.signal))).toBe("rejected");
  });

  it.each<[string, Partial<UploadState>]>([
    ["that all is found", { phase: "hashing", found: { files: 1, bytes: 1n, complete: true } }],
    ["that it is over", { phase: "failed" }],
  ])("waits after the end of the intake until the host tells %s", async (_what, changes) => {
    const { channel, client } = open();
    const ended = client.endIntake(UPLOAD, never);
    expect(channel.posted).toEqual([{ to: "host", type: "intake.end", uploadId: UPLOAD }]);
    channel.say({ to: "pages", type: "upload.state", state });
    expect(await settled(ended)).toBe("pending");
    channel.say({ to: "pages", type: "upload.state", state: { ...state, ...changes } });
    expect(await settled(ended)).toBe("resolved");
  });

  it("asks for lines and receipts, and takes only the answer to its own question", async () => {
    const { channel, client } = open();
    const window = { total: 0, rows: [], counts };
    const lines = client.files(UPLOAD, { filter: "failures", from: 5, count: 10 });
    const [asked] = channel.posted;
    expect(asked).toMatchObject({
      type: "files.query",
      uploadId: UPLOAD,
      filter: "failures",
      from: 5,
      count: 10,
    });
    const query = asked?.type === "files.query" ? asked.query : "";
    const answer = { to: "pages", type: "files.rows", uploadId: UPLOAD } as const;
    channel.say({ ...answer, query: crypto.randomUUID(), window: { ...window, total: 9 } });
    channel.say({ ...answer, query, window });
    expect(await lines).toEqual(window);

    const receipt = client.receipt(UPLOAD, "csv");
    const made = channel.posted.at(-1);
    if (made?.type !== "receipt.make") throw new Error("it was not asked for");
    const blob = new Blob(["path,size"]);
    channel.say({ to: "pages", type: "receipt.made", uploadId: UPLOAD, query: made.query, receipt: blob });
    expect(await receipt).toBe(blob);
  });
});

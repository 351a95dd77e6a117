import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendSigned } from "./send-signed.ts";

/** The browser's request: writes down what is sent and answers at once with what a test sets. */
class FakeRequest {
  static readonly sent: FakeRequest[] = [];
  static status = 200;
  static answerHeaders: Record<string, string> = {};

  readonly headers: Record<string, string> = {};
  readonly upload = {};
  readonly responseText = "x".repeat(9000);
  status = 0;
  onloadend: () => void = () => undefined;

  open(): void {}
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  getResponseHeader(name: string): string | null {
    return FakeRequest.answerHeaders[name] ?? null;
  }
  send(): void {
    FakeRequest.sent.push(this);
    this.status = FakeRequest.status;
    this.onloadend();
  }
  abort(): void {
    this.onloadend();
  }
}

beforeEach(() => {
  FakeRequest.sent.length = 0;
  FakeRequest.status = 200;
  FakeRequest.answerHeaders = {};
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => vi.unstubAllGlobals());

const send = (method: "HEAD" | "GET" | "PUT", signal = new AbortController().signal) =>
  sendSigned({
    method,
    request: { url: "https://s3.example/b/k", headers: { authorization: "signed" } },
    body: null,
    onSent: () => undefined,
    signal,
  });

describe("sendSigned", () => {
  it.each(["HEAD", "GET"] as const)("keeps the browser's cache out of a %s", async (method) => {
    await send(method);
    expect(FakeRequest.sent[0]?.headers).toEqual({ authorization: "signed", "cache-control": "no-cache" });
  });

  it("gives a PUT nothing that S3 would store with the object", async () => {
    await send("PUT");
    expect(FakeRequest.sent[0]?.headers).toEqual({ authorization: "signed", "cache-control": "" });
  });

  it("gives what the engine looks at, and not more of a body than an error of S3 has", async () => {
    FakeRequest.status = 301;
    FakeRequest.answerHeaders = { "content-length": "9000", "x-amz-bucket-region": "eu-west-1" };
    const answer = await send("GET");
    expect(answer).toEqual({
      status: 301,
      contentLength: 9000n,
      bucketRegion: "eu-west-1",
      body: "x".repeat(8192),
    });
  });

  it("gives nothing when no answer came", async () => {
    FakeRequest.status = 0;
    expect(await send("HEAD")).toBeNull();
  });

  it("sends nothing after it was aborted", async () => {
    expect(await send("PUT", AbortSignal.abort())).toBeNull();
    expect(FakeRequest.sent).toEqual([]);
  });
});

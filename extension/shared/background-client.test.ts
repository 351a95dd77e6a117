import { beforeEach, describe, expect, it, vi } from "vitest";
import { askBackground } from "./background-client.ts";

const sendMessage = vi.hoisted(() => vi.fn());
vi.mock("./browser.ts", () => ({ browser: { runtime: { sendMessage } } }));

beforeEach(() => {
  sendMessage.mockReset();
});

const fields = { uploadId: "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11", label: "shot_010" };

describe("askBackground", () => {
  it("sends type and fields, and gives the value", async () => {
    sendMessage.mockResolvedValue({ ok: true, value: null });
    const reply = await askBackground("upload.begin", fields);
    expect(sendMessage).toHaveBeenCalledWith({ type: "upload.begin", ...fields });
    expect(reply).toEqual({ ok: true, value: null });
  });

  it("gives the background's problem", async () => {
    const problem = { code: "upload-running", what: "An upload is running.", next: "Wait for it." };
    sendMessage.mockResolvedValue({ ok: false, problem });
    expect(await askBackground("upload.begin", fields)).toEqual({ ok: false, problem });
  });

  it.each([undefined, null, "yes", {}, { ok: "true" }, { ok: false }, { ok: false, problem: { code: "x" } }])(
    "turns %j into a problem",
    async (answer) => {
      sendMessage.mockResolvedValue(answer);
      const reply = await askBackground("status.get", {});
      expect(reply).toMatchObject({ ok: false, problem: { code: "background-unreachable" } });
    },
  );

  it("turns an unreachable background into a problem", async () => {
    sendMessage.mockRejectedValue(new Error("Could not establish connection."));
    const reply = await askBackground("status.get", {});
    expect(reply).toMatchObject({ ok: false, problem: { code: "background-unreachable" } });
  });
});

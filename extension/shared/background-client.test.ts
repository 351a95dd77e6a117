import { beforeEach, describe, expect, it, vi } from "vitest";
import { askBackground, giveCredentials } from "./background-client.ts";

const { sendMessage, tellVault } = vi.hoisted(() => ({ sendMessage: vi.fn(), tellVault: vi.fn() }));
vi.mock("./browser.ts", () => ({ browser: { runtime: { sendMessage } }, tellVault }));

beforeEach(() => {
  sendMessage.mockReset();
  tellVault.mockReset();
});

const fields = {
  uploadId: "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11",
  profileId: "first",
  label: "shot_010",
};

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

  it("turns an extension that was reloaded into a problem", async () => {
    sendMessage.mockImplementation(() => {
      throw new Error("Extension context invalidated.");
    });
    const reply = await askBackground("status.get", {});
    expect(reply).toMatchObject({ ok: false, problem: { code: "background-unreachable" } });
  });
});

describe("giveCredentials", () => {
  const typed = {
    type: "credentials.set" as const,
    accessKeyId: "AKIAEXAMPLE",
    secretAccessKey: "secret",
    sessionToken: "",
  };

  it("takes the road that only the background hears", async () => {
    tellVault.mockResolvedValue({ ok: true, value: null });
    expect(await giveCredentials(typed)).toEqual({ ok: true, value: null });
    expect(tellVault).toHaveBeenCalledWith(typed);
    expect(sendMessage).not.toHaveBeenCalled();
  });

  it("turns silence into a problem", async () => {
    tellVault.mockRejectedValue(new Error("no answer"));
    expect(await giveCredentials(typed)).toMatchObject({
      ok: false,
      problem: { code: "background-unreachable" },
    });
  });
});

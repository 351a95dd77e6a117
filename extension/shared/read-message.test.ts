import { describe, expect, it } from "vitest";
import { fromUploads, toBackground, toUploads, toVault } from "./messages.ts";
import { readMessage } from "./read-message.ts";

const uploadId = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";

const request = {
  type: "request.sign",
  uploadId,
  method: "DELETE",
  key: "k",
  query: { uploadId: "u" },
  headers: {},
  host: 0,
  clockOffset: -1_200_000,
};

describe("readMessage", () => {
  it("gives a declared message", () => {
    const message = { type: "upload.begin", uploadId, profileId: "first", label: "shot_010" };
    expect(readMessage(toBackground, message)).toEqual(message);
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "status.get"],
    ["no type", { uploadId }],
    ["a type that is no text", { type: ["status.get"] }],
    ["an unknown type", { type: "status.set" }],
    ["a name that every object has", { type: "constructor" }],
    ["a field too many", { type: "status.get", also: 1 }],
    ["a field too few", { type: "upload.begin", uploadId }],
    ["a field of another kind", { type: "upload.begin", uploadId, profileId: "first", label: 7 }],
    [
      "an id that is none",
      { type: "upload.begin", uploadId: "../credentials", profileId: "first", label: "" },
    ],
    ["a method that is never signed", { ...request, method: "PATCH" }],
    ["a clock that nobody has", { ...request, clockOffset: 1e13 }],
    ["an address number that is none", { ...request, host: -1 }],
    ["a header that no server takes", { ...request, headers: { range: "x".repeat(8193) } }],
  ])("refuses %s", (_what, message) => {
    expect(readMessage(toBackground, message)).toBeUndefined();
  });

  it("gives a request that is to be signed", () => {
    expect(readMessage(toBackground, request)).toEqual(request);
  });

  it("refuses credentials by the road that all pages hear", () => {
    const message = { type: "credentials.set", accessKeyId: "a", secretAccessKey: "s", sessionToken: "" };
    expect(readMessage(toVault, message)).toEqual(message);
    expect(readMessage(toBackground, message)).toBeUndefined();
  });

  it("takes files from the channel, and only files", () => {
    const found = (file: unknown) => ({
      to: "host",
      type: "intake.files",
      uploadId,
      batch: 0,
      files: [{ file, relativePath: "shot_010/a" }],
      notTaken: [],
    });
    expect(readMessage(toUploads, found(new File(["a"], "a")))).toBeDefined();
    expect(readMessage(toUploads, found({ name: "a", size: 1 }))).toBeUndefined();
  });

  it("takes no object for a handle that is none", () => {
    const roots = { to: "host", type: "intake.roots", uploadId, roots: [{ kind: "directory", name: "a" }] };
    expect(readMessage(toUploads, roots)).toBeUndefined();
    expect(readMessage(toUploads, { ...roots, roots: [] })).toBeDefined();
  });

  it("tells the two directions of the channel apart", () => {
    const taken = { to: "pages", type: "intake.taken", uploadId, batch: 0 };
    expect(readMessage(fromUploads, taken)).toEqual(taken);
    expect(readMessage(toUploads, taken)).toBeUndefined();
    expect(readMessage(fromUploads, { ...taken, to: "host" })).toBeUndefined();
  });
});

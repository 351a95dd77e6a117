import { expect, it } from "vitest";
import { isUse } from "./is-use.ts";

it("takes what a person does, and an upload at work, for use", () => {
  expect(isUse({ type: "status.get" })).toBe(true);
  expect(
    isUse({ type: "upload.progress", uploadId: "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11", percent: 1 }),
  ).toBe(true);
});

it("takes nothing for use that pages and web pages do by themselves", () => {
  expect(isUse({ type: "status.get", unasked: true })).toBe(false);
  expect(isUse({ type: "overlay.expect", token: "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11" })).toBe(false);
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import { attachmentsOf, keepAttachments } from "./ended-uploads.ts";
import { FakeStorage } from "./fake-storage.ts";

const mocks = vi.hoisted(() => ({ session: undefined as unknown as object }));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get session() {
        return mocks.session;
      },
    },
  },
}));

beforeEach(() => {
  mocks.session = new FakeStorage();
});

describe("attachmentsOf", () => {
  it("gives what was kept for that upload, and nothing for another", async () => {
    await keepAttachments("one", "{1}");
    await keepAttachments("two", "{2}");
    expect(await attachmentsOf("one")).toBe("{1}");
    expect(await attachmentsOf("two")).toBe("{2}");
    expect(await attachmentsOf("three")).toBeNull();
  });

  it("gives each of two that ended at once", async () => {
    await Promise.all([keepAttachments("one", "{1}"), keepAttachments("two", "{2}")]);
    expect(await attachmentsOf("one")).toBe("{1}");
    expect(await attachmentsOf("two")).toBe("{2}");
  });

  it("knows the last eight", async () => {
    for (let n = 0; n < 9; n += 1) await keepAttachments(`${n}`, "{}");
    expect(await attachmentsOf("0")).toBeNull();
    expect(await attachmentsOf("1")).toBe("{}");
  });
});

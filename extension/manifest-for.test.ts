import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: biome takes the file of its types for it
import { manifestFor } from "./manifest-for.mjs";

const source = {
  name: "n",
  "chrome:background": { service_worker: "b.js" },
  "firefox:background": { scripts: ["e.js"] },
  permissions: ["storage", "chrome:offscreen", "firefox:alarms"],
  host_permissions: ["https://*/*"],
};

describe("manifestFor", () => {
  it("keeps what is for a browser, without its name, and what is for all", () => {
    expect(manifestFor("chrome", source)).toEqual({
      name: "n",
      background: { service_worker: "b.js" },
      permissions: ["storage", "offscreen"],
      host_permissions: ["https://*/*"],
    });
    expect(manifestFor("firefox", source)).toEqual({
      name: "n",
      background: { scripts: ["e.js"] },
      permissions: ["storage", "alarms"],
      host_permissions: ["https://*/*"],
    });
  });
});

import { describe, expect, it } from "vitest";
import { goodProfile } from "../background/fake-storage.ts";
import type { BackgroundStatus } from "./messages.ts";
import { readinessOf } from "./readiness.ts";

const ready: BackgroundStatus = {
  profiles: [{ id: "first", fields: goodProfile, isLocked: false }],
  mayHaveOwnProfiles: true,
  defaultProfileId: "first",
  profileId: "first",
  profile: goodProfile,
  originPatterns: ["https://b.s3.us-west-2.amazonaws.com/*"],
  hasHostAccess: true,
  credentials: { accessKeyIdHint: "AKIA…MPLE", temporary: false },
  idleMinutes: 480,
  signIn: null,
};

describe("readiness", () => {
  it.each([
    ["ready", {}],
    ["no-credentials", { credentials: null }],
    ["no-host-access", { credentials: null, hasHostAccess: false }],
    ["profile-invalid", { credentials: null, hasHostAccess: false, originPatterns: [] }],
    ["no-profile", { credentials: null, hasHostAccess: false, originPatterns: [], profile: null }],
  ] satisfies [string, Partial<BackgroundStatus>][])(
    "%s comes before what matters less",
    (readiness, missing) => {
      expect(readinessOf({ ...ready, ...missing })).toBe(readiness);
    },
  );
});

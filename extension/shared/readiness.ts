import type { BackgroundStatus } from "./messages.ts";

/** What is missing before an upload can begin, most basic first; `ready` when nothing is. */
export type Readiness = "no-profile" | "profile-invalid" | "no-host-access" | "no-credentials" | "ready";

/** Judges the background's status: the first thing a person has to put right. */
export function readinessOf(status: BackgroundStatus): Readiness {
  if (status.profile === null) return "no-profile";
  // Rules of a newer version may refuse what an older one has stored.
  if (status.originPatterns.length === 0) return "profile-invalid";
  if (!status.hasHostAccess) return "no-host-access";
  if (status.credentials === null) return "no-credentials";
  return "ready";
}

import type { Problem } from "../shared/messages.ts";

const DROP_AGAIN = "then drop the folder again: what is already in the store is not sent twice.";

/** What to do next, where the extension knows better than the engine: which of its pages mends it. */
const NEXT = new Map([
  ["nothing-to-upload", "Drop a folder that has at least one file in it."],
  ["intake-lost", `Open the workspace, ${DROP_AGAIN}`],
  // No CORS rules matter to an extension that was let through to the host.
  [
    "network-unreachable",
    `Check the network and, if you use your own S3 server, its address on the options page, ${DROP_AGAIN}`,
  ],
  ["credentials-wrong", "Enter the credentials again on the options page."],
  [
    "credentials-unknown",
    "Enter the credentials again on the options page: id, secret and session token from the same place.",
  ],
  ["credentials-expired", `Enter new ones on the options page, ${DROP_AGAIN}`],
]);

/** Codes of what the profile gets wrong; what is right, the engine's sentence says. */
const OF_THE_PROFILE = new Set(["access-denied", "bucket-missing", "region-wrong"]);

/** A problem of the engine, which knows nothing of the extension's pages, for people who have them. */
export function inOurWords(problem: Problem): Problem {
  const next = NEXT.get(problem.code);
  if (next !== undefined) return { ...problem, next };
  if (!OF_THE_PROFILE.has(problem.code)) return problem;
  return { ...problem, next: `${problem.next} The fields for it are on the options page.` };
}

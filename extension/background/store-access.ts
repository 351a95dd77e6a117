import { mayReach } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { noCredentials, noHostAccess } from "./problems.ts";
import type { QueueKeys } from "./queue-keys.ts";
import { keysFor } from "./upload-keys.ts";
import { heldKeys } from "./vault.ts";

/**
 * Good keys for a store that can be reached; throws the refusal that says what is missing. A queue that gives no
 * credentials says so here, before anything is read.
 */
export async function storeAccess(
  profile: ProfileFields,
  originPatterns: readonly string[],
): Promise<QueueKeys> {
  if (!(await heldKeys())) throw noCredentials();
  if (!(await mayReach(originPatterns))) throw noHostAccess();
  return keysFor(profile);
}

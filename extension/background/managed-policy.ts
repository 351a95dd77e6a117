/**
 * What an administrator has set by the browser's policies (`managed-schema.json`): profiles that nobody can change, and
 * whether a person may have their own.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { ProfileDocumentSchema, type StoredProfile } from "../shared/messages.ts";

const ManagedProfileSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
  ...ProfileDocumentSchema.entries,
});

/** What the policy says. */
export interface ManagedPolicy {
  profiles: StoredProfile[];
  allowOwnProfiles: boolean;
  /** Where each browser session begins, unless a person has set another one. */
  defaultProfileId: string | undefined;
}

/** Reads the policy; without one everything is allowed. A profile that cannot be read is left out and named in the console. */
export async function managedPolicy(): Promise<ManagedPolicy> {
  // Firefox rejects where there is no policy.
  const area = await browser.storage.managed.get(null).catch((): Record<string, unknown> => ({}));
  const profiles = Array.isArray(area.profiles) ? area.profiles.flatMap(managedProfile) : [];
  const { allowOwnProfiles, defaultProfile } = area;
  return {
    profiles,
    allowOwnProfiles: allowOwnProfiles !== false,
    defaultProfileId: typeof defaultProfile === "string" ? managedId(defaultProfile) : undefined,
  };
}

/** Calls the listener after an administrator has changed the policy; must be called while the background's script runs for the first time. */
export function onPolicyChanged(listener: () => void): void {
  browser.storage.onChanged.addListener((_, area) => {
    if (area === "managed") listener();
  });
}

function managedProfile(value: unknown): StoredProfile[] {
  const read = v.safeParse(ManagedProfileSchema, value);
  if (!read.success) {
    console.warn("A profile in the browser's policy cannot be read:", v.summarize(read.issues));
    return [];
  }
  const { id, ...fields } = read.output;
  return [{ id: managedId(id), fields, isLocked: true }];
}

function managedId(id: string): string {
  return `managed-${id}`;
}

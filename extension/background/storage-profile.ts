/** The storage profile of a profile: chosen from the queue's list, and looked at again before each upload. */
import type { StorageProfile, StorageProfileItem } from "deadlinejs/common";
import type { ProfileFields, ToBackground } from "../shared/messages.ts";
import { askDeadline, shownProblem } from "./deadline.ts";
import { allPages, nextOf } from "./farm-lists.ts";
import { Refusal } from "./problems.ts";
import { checkStorageProfile } from "./rules.ts";

/** The storage profiles that jobs of the queue may have. */
export async function listStorageProfiles(
  order: ToBackground["storageProfiles.list"],
): Promise<StorageProfileItem[]> {
  const { farmId, queueId } = order;
  return allPages(async (token) => {
    const call = { type: "list-storage-profiles-for-queue", farmId, queueId, ...nextOf(token) } as const;
    const answer = await askDeadline(order, call);
    if (answer.type !== "storage-profiles") throw new Error(`an answer of type ${answer.type}`);
    return { items: answer.storageProfiles, next: answer.nextToken };
  });
}

/**
 * The places that shape an upload; nothing for a profile without a storage profile. Throws the refusal of a queue that
 * would not take jobs with it: where the profile asks Deadline Cloud at all, nothing is sent before that is known.
 */
export async function storageProfileOf(profile: ProfileFields): Promise<StorageProfile | undefined> {
  const { farmId, queueId, storageProfileId, queueRole, assetRootFormat } = profile;
  if (storageProfileId === "" && !queueRole) return undefined;
  const answer = await askDeadline(profile, { type: "get-queue", farmId, queueId });
  if (answer.type !== "queue") throw new Error(`an answer of type ${answer.type}`);
  const chosen = storageProfileId === "" ? undefined : await getStorageProfile(profile);
  const problem = await checkStorageProfile(answer.queue, assetRootFormat, chosen);
  if (problem) throw new Refusal(shownProblem(problem));
  return chosen;
}

async function getStorageProfile(profile: ProfileFields): Promise<StorageProfile> {
  const { farmId, queueId, storageProfileId } = profile;
  const call = { type: "get-storage-profile-for-queue", farmId, queueId, storageProfileId } as const;
  const answer = await askDeadline(profile, call);
  if (answer.type !== "storage-profile") throw new Error(`an answer of type ${answer.type}`);
  return answer.storageProfile;
}

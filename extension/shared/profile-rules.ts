/** Judges a profile with all that the extension adds to one: the rules themselves are in Rust, whose module must be loaded. */
import { checkProfile, DeadlineCaller } from "deadlinejs/common";
import type { DeadlinePlace, ProfileFields } from "./messages.ts";

/** What is to be said about a profile. */
export interface Judgement {
  /** Empty when the profile is good. */
  errors: { field: keyof ProfileFields; code: string; message: string }[];
  /** Match patterns of all hosts that a good profile talks to, its store's first. */
  originPatterns: string[];
}

/** Judges a profile, field by field. */
export function judge(profile: ProfileFields): Judgement {
  const { errors, originPatterns } = checkProfile(profile);
  const { queueRole, storageProfileId, region } = profile;
  const asksDeadline = queueRole || storageProfileId !== "";
  // A region that is no region has been named already.
  const deadline = judgeDeadline({
    ...profile,
    region: errors.some(({ field }) => field === "region") ? "us-west-2" : region,
  });
  if (deadline.errors.length > 0 || errors.length > 0)
    return { errors: [...errors, ...deadline.errors], originPatterns: [] };
  return {
    errors: [],
    originPatterns: [...originPatterns, ...(asksDeadline ? deadline.originPatterns : [])],
  };
}

/** Judges whom to ask for farms and queues. */
export function judgeDeadline(place: DeadlinePlace): Judgement {
  const { region, deadlineEndpoint, principalId } = place;
  let field: keyof ProfileFields = "region";
  try {
    // It is asked where questions would go, and asks none: nobody's credentials will do.
    field = deadlineEndpoint.trim() === "" ? "region" : "deadlineEndpoint";
    const caller = new DeadlineCaller({
      region,
      deadlineEndpoint,
      accessKeyId: "nobody",
      secretAccessKey: "nobody",
      sessionToken: "",
    });
    try {
      field = "principalId";
      return { errors: [], originPatterns: [caller.originPattern({ type: "list-farms", principalId })] };
    } finally {
      caller.free();
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const named = String(error.code) === "region-malformed" ? "region" : field;
    // Rust begins with the name of the field.
    const message = error.message.replace(/^\w+: /, "");
    return { errors: [{ field: named, code: String(error.code), message }], originPatterns: [] };
  }
}

/** The form in which the session keeps keys: those that a person gave, and those that were got with them. */
import type { SessionKeys } from "deadlinejs/common";
import * as v from "valibot";

/** Every secret has a key in `storage.session` that begins so: forgetting asks for no list of them. */
export const SECRET = "secret-";

/** Keys, as they are kept. */
export const HeldKeysSchema = v.strictObject({
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
  /** Empty for long-lived keys. */
  sessionToken: v.string(),
  /** Milliseconds since 1970; left out where nobody said it. */
  expires: v.exactOptional(v.number()),
  longLived: v.boolean(),
}) satisfies v.GenericSchema<SessionKeys>;
/** Keys of this session. */
export type HeldKeys = v.InferOutput<typeof HeldKeysSchema>;

import type { ToVault } from "../shared/messages.ts";
import { badCredentials, isAttachmentError } from "./problems.ts";
import { readPasted } from "./rules.ts";
import { enterKeys } from "./vault.ts";

/** Keeps credentials that a person has pasted or typed, in place of everything that others have given. */
export async function takeCredentials(order: ToVault[keyof ToVault]): Promise<null> {
  if (order.type === "credentials.paste") {
    const { keys } = await readPasted(order.text).catch((error: unknown) => {
      throw isAttachmentError(error) ? badCredentials(error) : error;
    });
    await enterKeys(keys);
  } else {
    const { type: _, ...typed } = order;
    await enterKeys({ ...typed, longLived: typed.sessionToken === "" });
  }
  return null;
}

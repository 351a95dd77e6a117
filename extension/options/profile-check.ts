import type { ProfileCheck } from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";

/** Judges the fields of a profile as typed. The rules are in Rust; this page has none of its own. */
export type CheckProfile = (fields: ProfileFields) => ProfileCheck;

/**
 * Loads the rules. Afterwards judging is immediate, which saving needs: a browser asks for a permission only
 * straight out of a click.
 */
export async function loadProfileCheck(): Promise<CheckProfile> {
  const { checkProfile, init: loadWasm } = await import("deadlinejs/common");
  await loadWasm(pageUrl(WASM_PATH));
  return checkProfile;
}

import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import type { Judgement } from "../shared/profile-rules.ts";

/** Judges the fields of a profile as typed. The rules are in Rust; this page has none of its own. */
export type CheckProfile = (fields: ProfileFields) => Judgement;

/**
 * Loads the rules. Afterwards judging is immediate, which saving needs: a browser asks for a permission only
 * straight out of a click.
 */
export async function loadProfileCheck(): Promise<CheckProfile> {
  const [{ init: loadWasm }, { judge }] = await Promise.all([
    import("deadlinejs/common"),
    import("../shared/profile-rules.ts"),
  ]);
  await loadWasm(pageUrl(WASM_PATH));
  return judge;
}

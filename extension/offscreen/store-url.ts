import { checkProfile } from "deadlinejs/common";
import type { ProfileFields } from "../shared/messages.ts";

/** Where requests of a good profile go, without path: the first of its hosts. The WASM module must be loaded. */
export function storeUrl(profile: ProfileFields): URL {
  const [pattern = ""] = checkProfile(profile).originPatterns;
  return new URL("/", pattern);
}

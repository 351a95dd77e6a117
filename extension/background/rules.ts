import { checkProfile, loadWasm, type ProfileCheck, SigV4Signer } from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import type { StoredCredentials } from "./credentials.ts";

const loaded = () => loadWasm(pageUrl(WASM_PATH));

/** Judges a profile by the rules in Rust. */
export async function judgeProfile(profile: ProfileFields): Promise<ProfileCheck> {
  await loaded();
  return checkProfile(profile);
}

/** Makes the Rust object that signs; from here on the secret lies in WASM memory until it is freed. */
export async function makeSigner(profile: ProfileFields, keys: StoredCredentials): Promise<SigV4Signer> {
  await loaded();
  return new SigV4Signer(profile, keys.accessKeyId, keys.secretAccessKey, keys.sessionToken);
}

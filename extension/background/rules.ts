import {
  ConnectionCheck,
  checkProfile,
  init as loadWasm,
  type ProfileCheck,
  SigV4Signer,
} from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import type { StoredCredentials } from "./credentials.ts";

const loaded = () => loadWasm(pageUrl(WASM_PATH));

/** Judges a profile by the rules in Rust. */
export async function judgeProfile(profile: ProfileFields): Promise<ProfileCheck> {
  await loaded();
  return checkProfile(profile);
}

/**
 * Makes the Rust object that signs. It holds a copy of the secret in WASM memory and overwrites it when it is freed;
 * the strings in `keys` are left to the garbage collector.
 */
export async function makeSigner(profile: ProfileFields, keys: StoredCredentials): Promise<SigV4Signer> {
  await loaded();
  return new SigV4Signer(profile, keys.accessKeyId, keys.secretAccessKey, keys.sessionToken);
}

/** Makes the Rust object that knows how to find out whether a profile can be used; `probe` is 32 random hex digits. */
export async function makeConnectionCheck(profile: ProfileFields, probe: string): Promise<ConnectionCheck> {
  await loaded();
  return new ConnectionCheck(profile, probe);
}

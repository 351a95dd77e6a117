import {
  ConnectionCheck,
  checkProfile,
  init as loadWasm,
  type PastedCredentials,
  type ProfileCheck,
  readPastedCredentials,
  SigV4Signer,
  wipeAt,
} from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import type { HeldKeys } from "./vault.ts";

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
export async function makeSigner(profile: ProfileFields, keys: HeldKeys): Promise<SigV4Signer> {
  await loaded();
  return new SigV4Signer(profile, keys.accessKeyId, keys.secretAccessKey, keys.sessionToken);
}

/** Makes the Rust object that knows how to find out whether a profile can be used; `probe` is 32 random hex digits. */
export async function makeConnectionCheck(profile: ProfileFields, probe: string): Promise<ConnectionCheck> {
  await loaded();
  return new ConnectionCheck(profile, probe);
}

/** Reads what a person pasted; throws what Rust says of a text that gives no credentials. */
export async function readPasted(text: string): Promise<PastedCredentials> {
  await loaded();
  return readPastedCredentials(text, Date.now());
}

/** When secrets that were last used then are wiped; nothing for never. In milliseconds since 1970. */
export async function wipeTime(lastUse: number, minutes: number): Promise<number | undefined> {
  await loaded();
  return wipeAt(lastUse, minutes);
}

import {
  type AccountProblem,
  ConnectionCheck,
  checkStorageProfile as check,
  DeadlineCaller,
  DenialDiagnosis,
  DeviceSignIn,
  init as loadWasm,
  type PastedCredentials,
  type QueueInfo,
  readPastedCredentials,
  renewAt,
  type SignInSettings,
  SigV4Signer,
  type StorageProfile,
  signInOriginPatterns,
  wipeAt,
} from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import type { DeadlinePlace, ProfileFields } from "../shared/messages.ts";
import { type Judgement, judge } from "../shared/profile-rules.ts";
import type { HeldKeys } from "./held-keys.ts";

const loaded = () => loadWasm(pageUrl(WASM_PATH));

/** Judges a profile by the rules in Rust. */
export async function judgeProfile(profile: ProfileFields): Promise<Judgement> {
  await loaded();
  return judge(profile);
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

/** Makes the Rust object that asks Deadline Cloud; it is freed like a signer. */
export async function makeDeadlineCaller(
  { region, deadlineEndpoint }: Omit<DeadlinePlace, "principalId">,
  { accessKeyId, secretAccessKey, sessionToken }: HeldKeys,
): Promise<DeadlineCaller> {
  await loaded();
  return new DeadlineCaller({ region, deadlineEndpoint, accessKeyId, secretAccessKey, sessionToken });
}

/** Makes the Rust object that finds out why a store refused; nothing where that is no refusal. */
export async function makeDiagnosis(
  code: string,
  profile: ProfileFields,
  canRenew: boolean,
): Promise<DenialDiagnosis | undefined> {
  await loaded();
  return DenialDiagnosis.ofCode(code, profile, canRenew);
}

/** Why a queue would not take a job with this storage profile, or with none; nothing if it would. */
export async function checkStorageProfile(
  queue: QueueInfo,
  paths: ProfileFields["assetRootFormat"],
  chosen: StorageProfile | undefined,
): Promise<AccountProblem | undefined> {
  await loaded();
  return check(queue.requiredLocationNames, queue.allowedStorageProfileIds, paths, chosen);
}

/** Match patterns of the hosts of a sign-in; throws what Rust says of bad settings. */
export async function signInOrigins(settings: SignInSettings): Promise<string[]> {
  await loaded();
  return signInOriginPatterns(settings);
}

/** Makes the Rust object that signs in; it is freed when that is over. */
export async function beginSignIn(settings: SignInSettings): Promise<DeviceSignIn> {
  await loaded();
  return new DeviceSignIn(settings);
}

/** The same from what it has kept; throws for any other text. */
export async function resumeSignIn(kept: string): Promise<DeviceSignIn> {
  await loaded();
  return DeviceSignIn.resume(kept);
}

/** When keys that were got then, and end then, are to be renewed. In milliseconds since 1970. */
export async function renewalTime(obtained: number, expires: number): Promise<number> {
  await loaded();
  return renewAt(obtained, expires);
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

/** Whether a profile can be used: which requests tell it, and what their answers mean, is decided in Rust. */
import type { ConnectionCheck, ConnectionFinding, SigV4Signer } from "deadlinejs/common";
import { noCredentials } from "./problems.ts";
import { usableProfile } from "./profile-store.ts";
import { makeConnectionCheck, makeSigner } from "./rules.ts";
import { storeAccess } from "./store-access.ts";
import { askStore } from "./store-fetch.ts";
import { untilForgotten } from "./vault.ts";

/**
 * Sends what the check asks for, one request after the other, and gives what it finds. Nothing is signed any more, and the
 * signer is freed, once everything is to be forgotten.
 */
export async function testConnection(profileId: string): Promise<ConnectionFinding[]> {
  const forgotten = untilForgotten();
  const { profile, originPatterns } = await usableProfile(profileId);
  const { keys } = await storeAccess(profile, originPatterns);
  const check = await makeConnectionCheck(profile, crypto.randomUUID().replaceAll("-", ""));
  try {
    // Last: nothing that fails may leave it behind, because it holds a secret.
    const signer = await makeSigner(profile, keys);
    try {
      await askAll(check, signer, forgotten);
    } finally {
      signer.free();
    }
    return check.findings().steps;
  } finally {
    check.free();
  }
}

async function askAll(check: ConnectionCheck, signer: SigV4Signer, forgotten: AbortSignal): Promise<void> {
  for (let probe = check.next(); probe; probe = check.next()) {
    const { clockOffset, ...request } = probe;
    if (forgotten.aborted) throw noCredentials();
    const answer = await askStore(probe.method, signer.sign(request, Date.now() + clockOffset));
    if (answer) check.answered({ ...answer, wall: Date.now() });
    else check.unanswered();
  }
}

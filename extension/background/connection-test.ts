/** Whether a profile can be used: which requests tell it, and what their answers mean, is decided in Rust. */
import type { ConnectionFinding } from "deadlinejs/common";
import { usableProfile } from "./profile-store.ts";
import { makeConnectionCheck, makeSigner } from "./rules.ts";
import { storeAccess } from "./store-access.ts";
import { askStore } from "./store-fetch.ts";

/** Sends what the check asks for, one request after the other, and gives what it finds. */
export async function testConnection(profileId: string): Promise<ConnectionFinding[]> {
  const { profile, originPatterns } = await usableProfile(profileId);
  const { keys } = await storeAccess(profile, originPatterns);
  const signer = await makeSigner(profile, keys);
  const check = await makeConnectionCheck(profile, crypto.randomUUID().replaceAll("-", ""));
  try {
    for (let probe = check.next(); probe; probe = check.next()) {
      const { clockOffset, ...request } = probe;
      const answer = await askStore(probe.method, signer.sign(request, Date.now() + clockOffset));
      if (answer) check.answered({ ...answer, wall: Date.now() });
      else check.unanswered();
    }
    return check.findings().steps;
  } finally {
    check.free();
    signer.free();
  }
}

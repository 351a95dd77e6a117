/** Whether a profile can be used: which requests tell it, and what their answers mean, is decided in Rust. */
import type { ConnectionFinding, ConnectionProbe, SignedRequest } from "deadlinejs/common";
import { mayReach } from "../shared/browser.ts";
import { noCredentials, noHostAccess } from "./problems.ts";
import { usableProfile } from "./profile-store.ts";
import { makeConnectionCheck, makeSigner } from "./rules.ts";
import { keysFor } from "./upload-keys.ts";
import { heldKeys } from "./vault.ts";

/** A server that takes longer for one of these small requests is as good as silent, in milliseconds. */
const ANSWER_LIMIT = 20_000;
/** S3 explains itself within far less, in characters. */
const BODY_LIMIT = 16_384;

/** Sends what the check asks for, one request after the other, and gives what it finds. */
export async function testConnection(profileId: string): Promise<ConnectionFinding[]> {
  const { profile, originPatterns } = await usableProfile(profileId);
  if (!(await heldKeys())) throw noCredentials();
  if (!(await mayReach(originPatterns))) throw noHostAccess();
  const signer = await makeSigner(profile, (await keysFor(profile)).keys);
  const check = await makeConnectionCheck(profile, crypto.randomUUID().replaceAll("-", ""));
  try {
    for (let probe = check.next(); probe; probe = check.next()) {
      const { clockOffset, ...request } = probe;
      const answer = await send(probe, signer.sign(request, Date.now() + clockOffset));
      if (answer) check.answered(answer);
      else check.unanswered();
    }
    return check.findings().steps;
  } finally {
    check.free();
    signer.free();
  }
}

async function send({ method }: ConnectionProbe, { url, headers }: SignedRequest) {
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT);
    const response = await fetch(url, { method, headers, cache: "no-store", signal });
    const body = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: body.slice(0, BODY_LIMIT),
      wall: Date.now(),
    };
  } catch {
    return undefined;
  }
}

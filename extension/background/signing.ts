import type { SigV4Signer } from "deadlinejs/common";
import type { SignedRequest, ToBackground } from "../shared/messages.ts";
import { isAttachmentError, unknownUpload, unsigned } from "./problems.ts";
import { makeSigner } from "./rules.ts";
import { keysForRunning } from "./upload-keys.ts";
import { profileOfUpload } from "./upload-store.ts";

/** What signs for an upload, and when its keys are to be followed by others, in milliseconds since 1970. */
interface Signing {
  signer: SigV4Signer;
  renewAt: number;
}

/** One for each running upload, made when its first request comes. */
const signers = new Map<string, Promise<Signing>>();

/**
 * Signs a request of a running upload for this moment, by the server's clock. The signer refuses every object that is not of this
 * upload's queue, so the engine host cannot ask for anything else.
 */
export async function signRequest(order: ToBackground["request.sign"]): Promise<SignedRequest> {
  const { type: _, uploadId, clockOffset, ...request } = order;
  const { signer } = await signingFor(uploadId);
  try {
    return signer.sign(request, Date.now() + clockOffset);
  } catch (error) {
    throw isAttachmentError(error) ? unsigned(error) : error;
  }
}

async function signingFor(uploadId: string): Promise<Signing> {
  const held = signers.get(uploadId);
  if (held) {
    const signing = await held;
    if (Date.now() < signing.renewAt) return signing;
    // Another request may have seen the same and been faster.
    if (signers.get(uploadId) === held) forgetSigners(uploadId);
    return signingFor(uploadId);
  }
  const opening = open(uploadId);
  signers.set(uploadId, opening);
  opening.catch(() => {
    // Forgotten meanwhile, and perhaps followed by another one, which only forgetting may take away: it holds a secret.
    if (signers.get(uploadId) === opening) signers.delete(uploadId);
  });
  return opening;
}

async function open(uploadId: string): Promise<Signing> {
  const profile = await profileOfUpload(uploadId);
  if (!profile) throw unknownUpload();
  const { keys, renewAt } = await keysForRunning(profile);
  return { signer: await makeSigner(profile, keys), renewAt };
}

/** Wipes the signer of one upload, or all of them after the credentials have changed. */
export function forgetSigners(uploadId?: string): null {
  for (const [id, signer] of signers) {
    if (uploadId !== undefined && id !== uploadId) continue;
    signers.delete(id);
    // Whoever has waited for it together with us still signs with it first.
    void signer.then((made) => setTimeout(() => made.signer.free())).catch(() => undefined);
  }
  return null;
}

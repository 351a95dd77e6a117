import type { SigV4Signer } from "deadlinejs/common";
import type { SignedRequest, ToBackground } from "../shared/messages.ts";
import { isAttachmentError, noCredentials, unknownUpload, unsigned } from "./problems.ts";
import { makeSigner } from "./rules.ts";
import { profileOfUpload } from "./upload-store.ts";
import { heldKeys } from "./vault.ts";

/** One for each running upload, made when its first request comes. */
const signers = new Map<string, Promise<SigV4Signer>>();

/**
 * Signs a request of a running upload for this moment, by the server's clock. The signer refuses every object that is not of this
 * upload's queue, so the engine host cannot ask for anything else.
 */
export async function signRequest(order: ToBackground["request.sign"]): Promise<SignedRequest> {
  const { type: _, uploadId, clockOffset, ...request } = order;
  let signer = signers.get(uploadId);
  if (!signer) {
    signer = openSigner(uploadId);
    signers.set(uploadId, signer);
    signer.catch(() => signers.delete(uploadId));
  }
  const ready = await signer;
  try {
    return ready.sign(request, Date.now() + clockOffset);
  } catch (error) {
    throw isAttachmentError(error) ? unsigned(error) : error;
  }
}

async function openSigner(uploadId: string): Promise<SigV4Signer> {
  const profile = await profileOfUpload(uploadId);
  if (!profile) throw unknownUpload();
  const keys = await heldKeys();
  if (!keys) throw noCredentials();
  return makeSigner(profile, keys);
}

/** Wipes the signer of one upload, or all of them after the credentials have changed. */
export function forgetSigners(uploadId?: string): null {
  for (const [id, signer] of signers) {
    if (uploadId !== undefined && id !== uploadId) continue;
    signers.delete(id);
    void signer.then((made) => made.free()).catch(() => undefined);
  }
  return null;
}

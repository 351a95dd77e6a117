import { bodyBlob } from "./body-blob.ts";
import type { ObjectStore, Sending, StoreAnswer, StoreRequest } from "./object-store.ts";
import type { RequestSigner } from "./request-signer.ts";
import { transmit } from "./transmit.ts";

/** Sends with what the browser has, signed by a {@link RequestSigner}: small, and the secrets may be elsewhere. */
export class SignedFetchStore implements ObjectStore {
  /**
   * Sends nothing yet.
   *
   * @param signer signs each request at the moment it leaves
   */
  constructor(private readonly signer: RequestSigner) {}

  /** See {@link ObjectStore.send}. */
  async send(request: StoreRequest, sending: Sending = {}): Promise<StoreAnswer | null> {
    const { body: _, ...toSign } = request;
    const signed = await this.signer.sign(toSign);
    return transmit({ ...sending, method: request.method, request: signed, body: bodyBlob(request) });
  }
}

import type { RequestSigner, SignedRequest, UnsignedRequest } from "deadlinejs";
import { SigningRefused } from "deadlinejs/storage";
import { askBackground } from "../shared/background-client.ts";

/** Has requests signed by the background, which alone holds the credentials. */
export class VaultSigner implements RequestSigner {
  constructor(private readonly uploadId: string) {}

  /** One message to the background and back. */
  async sign({ method, key, headers }: UnsignedRequest): Promise<SignedRequest> {
    const reply = await askBackground("request.sign", { uploadId: this.uploadId, method, key, headers });
    if (!reply.ok) throw new SigningRefused(reply.problem);
    return reply.value;
  }
}

/** Nothing of this upload will be signed any more. */
export function tellUploadEnded(uploadId: string): void {
  void askBackground("upload.ended", { uploadId });
}

import { type RequestSigner, type RequestToSign, SigningRefused } from "deadlinejs/storage";
import { askBackground } from "../shared/background-client.ts";
import type { SignedRequest, UploadEnd } from "../shared/messages.ts";

/** Has requests signed by the background, which alone holds the credentials. */
export class VaultSigner implements RequestSigner {
  constructor(private readonly uploadId: string) {}

  /** One message to the background and back. */
  async sign(request: RequestToSign): Promise<SignedRequest> {
    const { method, key, query = {}, headers, host = 0, clockOffset = 0 } = request;
    const reply = await askBackground("request.sign", {
      uploadId: this.uploadId,
      method,
      key,
      query,
      headers,
      host,
      clockOffset,
    });
    if (!reply.ok) throw new SigningRefused(reply.problem);
    return reply.value;
  }
}

/** An upload waits for other credentials: the background may be able to get some by itself. */
export function tellCredentialsNeeded(uploadId: string): void {
  void askBackground("credentials.needed", { uploadId });
}

/** How far an upload is, in whole percent. */
export function tellPercent(uploadId: string, percent: number): void {
  void askBackground("upload.progress", { uploadId, percent });
}

/** How an upload came out; nothing of it will be signed any more. */
export function tellUploadEnded(uploadId: string, end: UploadEnd): void {
  void askBackground("upload.ended", { uploadId, end });
}

/**
 * Sending signed requests to S3. Knows nothing of hashing.
 */
export { type RequestSigner, SigningRefused } from "./request-signer.ts";
export { type S3Answer, sendSigned } from "./send-signed.ts";

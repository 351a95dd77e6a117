import { AttachmentError, type Problem, StorageError, ValidationError } from "../common/index.ts";

/** What somebody who calls this package does next; what people do in the extension says the problem itself. */
const NEXT: Record<string, string> = {
  "access-denied":
    "Check the bucket and its owner, and that the credentials allow s3:GetObject, s3:PutObject and s3:ListBucket.",
  "answer-not-s3": "In a web page, check that the CORS rules of the bucket expose ETag.",
  "bucket-missing": "Compare the bucket with the queue's jobAttachmentSettings.",
  "credentials-expired": "Sign in again, or pass a function as credentials: it is asked for new ones.",
  "credentials-unknown": "Take access key id, secret and session token from the same place.",
  "credentials-wrong": "Take access key id, secret and session token from the same place.",
  "file-changed": "Wait until nothing writes to it, then upload again.",
  "file-unreadable": "Check that it is there and that you may open it, then upload again.",
  "network-unreachable":
    "Check the network, the address of the store, and in a web page the CORS rules of the bucket.",
  "nothing-to-upload": "Pass at least one file.",
  "region-wrong": "Set the region of the bucket in the storage settings.",
  "write-conflict": "Wait until the other upload has ended, then upload again.",
};

/** Of files and of the work itself; whatever has no such beginning is about the store. */
const KINDS: [RegExp, (message: string, code: string) => AttachmentError][] = [
  [/^manifest-unknown$/, (message, code) => new StorageError(message, code)],
  [
    /^(path|manifest)-|^(nothing-to-upload|file-too-large)$/,
    (message, code) => new ValidationError(message, code),
  ],
  [/^(file|engine)-/, (message, code) => new AttachmentError(message, code)],
];

/** The error for an upload that failed; `problems` has all of them, the cause first. */
export function uploadFailure(problems: readonly Problem[]): AttachmentError {
  const [cause] = problems;
  if (!cause) return new AttachmentError("The upload failed.", "upload-failed");
  const { code, what, next, file } = cause;
  const [, make] = KINDS.find(([codes]) => codes.test(code)) ?? [];
  const advice = NEXT[code] ?? (code.startsWith("credentials-") ? next : undefined);
  const message = [file && `${file}:`, what, advice].filter(Boolean).join(" ");
  const error = make?.(message, code) ?? new StorageError(message, code);
  return Object.assign(error, { problems });
}

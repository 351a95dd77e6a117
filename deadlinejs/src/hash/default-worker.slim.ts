import { AttachmentError } from "../common/index.ts";

/** Stands for `default-worker.ts` in the slim package, which knows of no worker script of its own. */
export function startDefaultWorker(): Worker {
  throw new AttachmentError(
    "The slim package has no hash worker of its own. Pass the address of hash-worker.js, or hash with a MainThreadExecutor.",
    "hash-worker-unknown",
  );
}

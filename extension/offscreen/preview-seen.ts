import { previewLockName } from "../shared/messages.ts";

/** A page that is loaded anew, or shows the preview for the first time, needs a moment; in milliseconds. */
const GRACE = 3000;

/**
 * Settles with `true` when no page shows this preview any more; with `false` when it is aborted before.
 *
 * The lock is asked for behind the pages that hold it together. A page that comes later stands behind this one: so it is
 * seen among those that wait, and gets the lock back.
 */
export async function isUnseen(uploadId: string, signal: AbortSignal): Promise<boolean> {
  const name = previewLockName(uploadId);
  const isLeft = async (): Promise<boolean> => {
    await new Promise((resolve) => setTimeout(resolve, GRACE));
    const { pending = [] } = await navigator.locks.query();
    return !pending.some((waiting) => waiting.name === name);
  };
  try {
    while (!(await navigator.locks.request(name, { signal }, isLeft)));
  } catch {
    return false;
  }
  return !signal.aborted;
}

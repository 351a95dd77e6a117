import { CancelledError } from "rusty-attachments-wasm";

/** The error of a signal that was aborted; the signal's own reason is its cause. */
function cancelled(signal: AbortSignal): CancelledError {
  const { reason } = signal;
  return reason instanceof CancelledError ? reason : new CancelledError(undefined, { cause: reason });
}

/** @throws `CancelledError` if the signal was aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

/**
 * Waits for `work`, but no longer than until the signal is aborted: a reading from a network drive that
 * hangs cannot be stopped, only left behind.
 *
 * @throws `CancelledError` once the signal is aborted, else what `work` throws
 */
export function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  // Nobody may be left to look at it.
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(signal));
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

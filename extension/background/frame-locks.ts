import { browser } from "../shared/browser.ts";
import { isIntakeLockName } from "../shared/messages.ts";
import { isFrom } from "../shared/sender.ts";

/**
 * Holds in this context the intake lock that an overlay frame asks for with the name of its port, until the frame has
 * closed the port or is gone. Answers the frame when the lock is held.
 */
export function holdLocksOfFrames(): void {
  browser.runtime.onConnect.addListener((port) => {
    if (!isFrom("overlay", port.sender ?? {}) || !isIntakeLockName(port.name)) return;
    let isGone = false;
    const done = new Promise<void>((resolve) =>
      port.onDisconnect.addListener(() => {
        isGone = true;
        resolve();
      }),
    );
    void navigator.locks.request(port.name, () => {
      if (!isGone) port.postMessage("held");
      return done;
    });
  });
}

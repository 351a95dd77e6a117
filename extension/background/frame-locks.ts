import { browser } from "../shared/browser.ts";
import { isFrom } from "../shared/sender.ts";

/**
 * Holds in this context the Web Lock that an overlay frame asks for with the name of its port, until the frame has closed
 * the port or is gone. Answers the frame when the lock is held.
 */
export function holdLocksOfFrames(): void {
  browser.runtime.onConnect.addListener((port) => {
    if (!isFrom("overlay", port.sender ?? {})) return;
    const done = new Promise<void>((resolve) => port.onDisconnect.addListener(() => resolve()));
    void navigator.locks.request(port.name, () => {
      port.postMessage("held");
      return done;
    });
  });
}

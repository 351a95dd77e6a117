import { WATCHED_LOCK } from "./messages.ts";

/** Lets the background know, from now on, whether this page can be seen: what it shows needs no notification then. */
export function tellWhileVisible(page: Document = document): void {
  let hidden: PromiseWithResolvers<void> | undefined;
  const look = (): void => {
    if (page.visibilityState === "hidden") {
      hidden?.resolve();
      hidden = undefined;
    } else if (hidden === undefined) {
      hidden = Promise.withResolvers<void>();
      const { promise } = hidden;
      void navigator.locks.request(WATCHED_LOCK, { mode: "shared" }, () => promise);
    }
  };
  page.addEventListener("visibilitychange", look);
  look();
}

import type { ToBackground } from "../shared/messages.ts";

/**
 * Whether a message tells that somebody is there, or that an upload is at work: then secrets stay. Pages look again by
 * themselves when there is news, and a web page whose process was taken over could announce overlays for ever.
 */
export function isUse(order: ToBackground[keyof ToBackground]): boolean {
  return !(order.type === "status.get" && order.unasked === true) && order.type !== "overlay.expect";
}

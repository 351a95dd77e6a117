import { byId } from "../shared/dom.ts";
import type { UploadState } from "../shared/messages.ts";
import { waitingAdvice } from "../shared/upload-summary.ts";

/** Shows why nothing leaves, if so, and the one thing to do about it. */
export function showWaiting({ waiting }: Pick<UploadState, "waiting">): void {
  byId("waiting", HTMLElement).hidden = waiting === undefined;
  byId("waiting-options", HTMLElement).hidden = waiting?.type !== "credentials";
  // Whoever holds what the queue gives credentials for can ask it again; nobody else can help himself but by other ones.
  byId("waiting-renew", HTMLElement).hidden =
    waiting?.type !== "credentials" || waiting.problem.code !== "queue-credentials-missing";
  if (waiting !== undefined) byId("waiting-text", HTMLElement).textContent = waitingAdvice(waiting);
}

import { browser, isOffscreenOpen, openOffscreen } from "../shared/browser.ts";
import type { Reply, ToHost } from "../shared/messages.ts";
import { hostUnreachable } from "./problems.ts";

let opening: Promise<void> | undefined;

/** Opens the engine host if it is not open. Two drops at once must not open two hosts. */
export async function openHost(): Promise<void> {
  opening ??= isOffscreenOpen().then((open) => (open ? undefined : openOffscreen()));
  try {
    await opening;
  } finally {
    opening = undefined;
  }
}

/** Never rejects: a host that is gone, or does not answer, becomes a refusal like every other. */
export async function orderHost(order: ToHost[keyof ToHost]): Promise<Reply<null>> {
  try {
    const reply: Reply<null> | undefined = await browser.runtime.sendMessage(order);
    return reply ?? { ok: false, problem: hostUnreachable() };
  } catch {
    return { ok: false, problem: hostUnreachable() };
  }
}

import { isHostOpen, openHostPage } from "../shared/browser.ts";
import { send } from "../shared/message-road.ts";
import type { Reply, ToHost } from "../shared/messages.ts";
import { forgetLostUploads } from "./lost-uploads.ts";
import { hostUnreachable } from "./problems.ts";

let opening: Promise<void> | undefined;

/** Opens the engine host if it is not open. Two drops at once must not open two hosts. */
export async function openHost(): Promise<void> {
  opening ??= isHostOpen().then(async (open) => {
    if (open) return;
    await forgetLostUploads();
    await openHostPage();
  });
  try {
    await opening;
  } finally {
    opening = undefined;
  }
}

/** Never rejects: a host that is gone, or does not answer, becomes a refusal like every other. */
export async function orderHost(order: ToHost[keyof ToHost]): Promise<Reply<null>> {
  try {
    const reply = (await send(order)) as Reply<null> | undefined;
    return reply ?? { ok: false, problem: hostUnreachable() };
  } catch {
    return { ok: false, problem: hostUnreachable() };
  }
}

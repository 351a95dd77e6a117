import { send } from "../shared/message-road.ts";
import type { ToPages } from "../shared/messages.ts";

/** Tells every open page of the extension; there may be none. */
export async function tellPages(news: ToPages[keyof ToPages]): Promise<void> {
  await send(news).catch(() => undefined);
}

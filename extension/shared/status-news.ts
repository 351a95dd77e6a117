import { listen } from "./message-road.ts";
import { toPages } from "./messages.ts";
import { readMessage } from "./read-message.ts";
import { isFrom } from "./sender.ts";

/** Calls the listener whenever the background says that its status is not as it was. */
export function onStatusChanged(listener: () => void): void {
  listen((message, sender) => {
    const news = readMessage(toPages, message);
    if (news && isFrom(toPages[news.type].from, sender)) listener();
    return undefined;
  });
}

/**
 * The road of messages between contexts, and inside the one that is vault and engine host at once (Firefox's event page).
 */
import { browser } from "./browser.ts";

/** Something of this extension's that answers messages; nothing for those that it does not take. */
export type Listener = (message: unknown, sender: Sender) => Promise<unknown> | undefined;

/** What a browser tells about a sender. */
export interface Sender {
  id?: string | undefined;
  url?: string | undefined;
  tab?: { id?: number | undefined } | undefined;
}

/**
 * Who sends where vault and engine host share a page, as in Firefox: no browser makes this object, so nobody else can
 * be taken for it.
 */
export const SAME_PAGE: Sender = Object.freeze({});

const listenersHere: Listener[] = [];

/** Answers messages; must be called while the script of the context runs for the first time. */
export function listen(listener: Listener): void {
  listenersHere.push(listener);
  browser.runtime.onMessage.addListener(listener);
}

/**
 * Sends a message to whoever takes it: in this page, where there is such a one (`runtime.sendMessage` never comes back
 * to the page that it left), else in another context.
 */
export async function send(message: unknown): Promise<unknown> {
  for (const listener of listenersHere) {
    const answer = listener(message, SAME_PAGE);
    if (answer) return answer;
  }
  return browser.runtime.sendMessage(message);
}

/**
 * Decides whether a message is taken at all: it must be declared in messages.ts, well-formed, and come from
 * the context that may send it. A sender is judged by extension id and address, never by having a tab.
 */
import * as v from "valibot";
import { browser, OFFSCREEN_PATH, pageUrl } from "./browser.ts";

/** What a browser tells about a sender. */
export interface Sender {
  id?: string | undefined;
  url?: string | undefined;
}

type Declarations = Record<string, { schema: v.GenericSchema }>;

/** The message, if it is one of these declarations and has the declared form. */
export function readMessage<D extends Declarations>(
  declarations: D,
  message: unknown,
): v.InferOutput<D[keyof D]["schema"]> | undefined {
  if (typeof message !== "object" || message === null || !("type" in message)) return undefined;
  if (typeof message.type !== "string" || !Object.hasOwn(declarations, message.type)) return undefined;
  const schema = declarations[message.type]?.schema;
  if (!schema) return undefined;
  const read = v.safeParse(schema, message);
  return read.success ? (read.output as v.InferOutput<D[keyof D]["schema"]>) : undefined;
}

/** Whether a page of this extension sent it: any, the options page alone, or the engine host alone. */
export function isFrom(kind: "page" | "options" | "host", sender: Sender): boolean {
  if (sender.id !== browser.runtime.id || !sender.url) return false;
  const path = pathOfOurs(sender.url);
  if (kind === "options") return path === "options/options.html";
  if (kind === "host") return path === OFFSCREEN_PATH;
  return path !== undefined;
}

/** Whether our own background sent it: a service worker's script, not a page. */
export function isFromBackground(sender: Sender): boolean {
  if (sender.id !== browser.runtime.id) return false;
  // Chrome names the script of a service worker; some versions name nothing at all.
  return sender.url === undefined || pathOfOurs(sender.url) === "background/background.js";
}

/** Path below our root without query and fragment; nothing for any other address. */
function pathOfOurs(url: string): string | undefined {
  const root = pageUrl("");
  return url.startsWith(root) ? url.slice(root.length).replace(/[?#].*$/, "") : undefined;
}

import * as v from "valibot";
import { tellVault } from "./browser.ts";
import { send } from "./message-road.ts";
import {
  type BackgroundReplies,
  ProblemSchema,
  type Reply,
  type ToBackground,
  type ToVault,
} from "./messages.ts";

const ReplyEnvelopeSchema = v.variant("ok", [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), problem: ProblemSchema }),
]);

/**
 * Sends one message to the background and gives its reply. Never rejects: a background that cannot be reached,
 * or that answers something else than a reply, becomes a problem like every other refusal.
 */
export async function askBackground<K extends keyof ToBackground & keyof BackgroundReplies>(
  type: K,
  fields: Omit<ToBackground[K], "type">,
): Promise<Reply<BackgroundReplies[K]>> {
  const reply = await replyOf(() => send({ type, ...fields }));
  // The value comes from our own background, built from the same declaration; only the envelope can be missing.
  return reply.ok ? { ok: true, value: reply.value as BackgroundReplies[K] } : reply;
}

/** Gives credentials to the background, and to nobody else. Never rejects, as {@link askBackground}. */
export async function giveCredentials(credentials: ToVault[keyof ToVault]): Promise<Reply<unknown>> {
  return replyOf(() => tellVault(credentials));
}

async function replyOf(ask: () => Promise<unknown>): Promise<Reply<unknown>> {
  let answer: unknown;
  try {
    answer = await ask();
  } catch {
    return { ok: false, problem: UNREACHABLE };
  }
  const envelope = v.safeParse(ReplyEnvelopeSchema, answer);
  return envelope.success ? envelope.output : { ok: false, problem: UNREACHABLE };
}

/** In English: the offscreen document has no messages. Pages say it in their language, by its code. */
const UNREACHABLE = {
  code: "background-unreachable",
  what: "The extension's background did not answer.",
  next: "Try again. If that does not help, turn the extension off and on again.",
} as const;

import * as v from "valibot";
import { browser } from "./browser.ts";
import { type BackgroundReplies, ProblemSchema, type Reply, type ToBackground } from "./messages.ts";

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
  let answer: unknown;
  try {
    answer = await browser.runtime.sendMessage({ type, ...fields });
  } catch {
    return { ok: false, problem: UNREACHABLE };
  }
  const envelope = v.safeParse(ReplyEnvelopeSchema, answer);
  if (!envelope.success) return { ok: false, problem: UNREACHABLE };
  if (!envelope.output.ok) return envelope.output;
  // The value comes from our own background, built from the same declaration; only the envelope can be missing.
  return { ok: true, value: envelope.output.value as BackgroundReplies[K] };
}

const UNREACHABLE = {
  code: "background-unreachable",
  what: "The extension's background did not answer.",
  next: "Try again. If that does not help, turn the extension off and on again.",
} as const;

/**
 * The credentials that queues give for those of the session (AssumeQueueRoleForUser): got when they are needed first, and
 * again before they end. They are kept beside the session's own, and forgotten with them.
 */
import type { SessionKeys } from "deadlinejs/common";
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { askDeadline } from "./deadline.ts";
import { type HeldKeys, HeldKeysSchema, SECRET } from "./held-keys.ts";
import { renewalTime } from "./rules.ts";
import { epoch, keepSecret } from "./vault.ts";

/** Keys that a queue gives are good for at least a quarter of an hour; the server of a test may not say it. Milliseconds. */
const UNTOLD_LIFE = 15 * 60_000;
/** Keys that are younger are not got anew at once: what refuses them may refuse the next ones just as fast. In milliseconds. */
const TOO_YOUNG = 5_000;
/** A renewal that has failed is tried again after this, as long as the keys are good; in milliseconds. */
const AGAIN = 20_000;

const QueueKeysSchema = v.strictObject({ keys: HeldKeysSchema, obtained: v.number() });

/** Keys for uploads to a queue, and when to ask for others. */
export interface QueueKeys {
  keys: HeldKeys;
  /** Milliseconds since 1970. */
  renewAt: number;
}

type Queue = Pick<ProfileFields, "region" | "deadlineEndpoint" | "farmId" | "queueId">;

const nameOf = ({ region, deadlineEndpoint, farmId, queueId }: Queue) =>
  `${SECRET}queue-${[region, deadlineEndpoint, farmId, queueId].join(" ")}`;

/** Several requests at once must not ask several times. */
const asking = new Map<string, Promise<QueueKeys>>();

/** Good keys for uploads to this queue. Throws the refusal of a queue that gives none. */
export async function queueKeys(queue: Queue): Promise<QueueKeys> {
  const held = await stored(queue);
  if (held !== undefined && Date.now() < held.renewAt) return held;
  try {
    return await renewed(queue);
  } catch (error) {
    // What is still good serves until another renewal succeeds.
    if (held?.keys.expires === undefined || held.keys.expires <= Date.now()) throw error;
    return { keys: held.keys, renewAt: Math.min(Date.now() + AGAIN, held.keys.expires) };
  }
}

/** Gets others in place of those that are held, good or not: a moment later where these have just been got. */
export async function renewQueueKeys(queue: Queue): Promise<void> {
  const held = await kept(queue);
  const age = held ? Date.now() - held.obtained : TOO_YOUNG;
  if (age < TOO_YOUNG) await new Promise((resolve) => setTimeout(resolve, TOO_YOUNG - age));
  await renewed(queue);
}

/** What is kept of this queue, good or not. */
async function kept(queue: Queue): Promise<v.InferOutput<typeof QueueKeysSchema> | undefined> {
  const { [nameOf(queue)]: value } = await browser.storage.session.get(nameOf(queue));
  const read = v.safeParse(QueueKeysSchema, value);
  return read.success ? read.output : undefined;
}

async function stored(queue: Queue): Promise<QueueKeys | undefined> {
  const held = await kept(queue);
  if (held === undefined) return undefined;
  const { keys, obtained } = held;
  if (keys.expires !== undefined && keys.expires <= Date.now()) {
    await browser.storage.session.remove(nameOf(queue));
    return undefined;
  }
  return withRenewal(keys, obtained);
}

async function renewed(queue: Queue): Promise<QueueKeys> {
  const name = nameOf(queue);
  const under = asking.get(name) ?? get(queue).finally(() => asking.delete(name));
  asking.set(name, under);
  return under;
}

async function get(queue: Queue): Promise<QueueKeys> {
  const { farmId, queueId } = queue;
  const begun = epoch();
  const answer = await askDeadline(queue, { type: "assume-queue-role-for-user", farmId, queueId });
  if (answer.type !== "keys") throw new Error(`an answer of type ${answer.type}`);
  const keys: SessionKeys = answer.keys;
  const obtained = Date.now();
  // Unless a person has said meanwhile that everything is to be forgotten.
  await keepSecret(nameOf(queue), { keys: v.parse(HeldKeysSchema, keys), obtained }, begun);
  return withRenewal(keys, obtained);
}

async function withRenewal(keys: HeldKeys, obtained: number): Promise<QueueKeys> {
  return { keys, renewAt: await renewalTime(obtained, keys.expires ?? obtained + UNTOLD_LIFE) };
}

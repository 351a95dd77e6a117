/** The lists that a person chooses farm and queue from. */
import type { FarmItem, QueueInfo, QueueItem } from "deadlinejs/common";
import type { DeadlinePlace, ToBackground } from "../shared/messages.ts";
import { askDeadline, shownProblem } from "./deadline.ts";
import { Refusal } from "./problems.ts";

/** More pages than any account has, in case a service never comes to an end. */
const MOST_PAGES = 100;

/** Follows the pages of a list. */
export async function allPages<T>(
  page: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
) {
  const all: T[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { items, next } = await page(token);
    all.push(...items);
    if (next === undefined) break;
    token = next;
  }
  return all;
}

/** The token of a page, if there is one. */
export const nextOf = (token: string | undefined) => (token === undefined ? {} : { nextToken: token });

/** The farms of the region. */
export async function listFarms({ principalId, ...place }: DeadlinePlace): Promise<FarmItem[]> {
  return allPages(async (token) => {
    const answer = await askDeadline(place, { type: "list-farms", principalId, ...nextOf(token) });
    if (answer.type !== "farms") throw new Error(`an answer of type ${answer.type}`);
    return { items: answer.farms, next: answer.nextToken };
  });
}

/** The queues of a farm. */
export async function listQueues(order: ToBackground["queues.list"]): Promise<QueueItem[]> {
  const { farmId, principalId } = order;
  return allPages(async (token) => {
    const answer = await askDeadline(order, { type: "list-queues", farmId, principalId, ...nextOf(token) });
    if (answer.type !== "queues") throw new Error(`an answer of type ${answer.type}`);
    return { items: answer.queues, next: answer.nextToken };
  });
}

/** Where a queue keeps its attachments; refuses one that uploads cannot go to. */
export async function queueInfo(order: ToBackground["queue.get"]): Promise<QueueInfo> {
  const { farmId, queueId } = order;
  const answer = await askDeadline(order, { type: "get-queue", farmId, queueId });
  if (answer.type !== "queue") throw new Error(`an answer of type ${answer.type}`);
  if (answer.queue.problem !== undefined) throw new Refusal(shownProblem(answer.queue.problem));
  return answer.queue;
}

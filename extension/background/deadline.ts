/** Questions to Deadline Cloud with the credentials of the session. What they mean is decided in Rust. */
import type { AccountProblem, DeadlineAnswer, DeadlineCall, DeadlineCaller } from "deadlinejs/common";
import { mayReach } from "../shared/browser.ts";
import type { DeadlinePlace } from "../shared/messages.ts";
import { sendAccountRequest } from "./account-fetch.ts";
import { isAttachmentError, noCredentials, noFarmAccess, Refusal, unsigned } from "./problems.ts";
import { makeDeadlineCaller } from "./rules.ts";
import { heldKeys } from "./vault.ts";

/** What the service gave; a refusal of its is thrown. */
export type Given = Exclude<DeadlineAnswer, { type: "problem" }>;

/** Milliseconds by which the service's clock is ahead, once it has refused this computer's. */
let clockOffset = 0;

/** Asks one question. Throws a {@link Refusal} with the words of the problem, and its button. */
export async function askDeadline(
  place: Omit<DeadlinePlace, "principalId">,
  call: DeadlineCall,
): Promise<Given> {
  const keys = await heldKeys();
  if (!keys) throw noCredentials();
  const caller = await makeDeadlineCaller(place, keys).catch((error: unknown) => {
    throw isAttachmentError(error) ? unsigned(error) : error;
  });
  try {
    if (!(await mayReach([caller.originPattern(call)]))) throw noFarmAccess();
    const first = await ask(caller, call);
    const answer =
      first.type === "problem" && first.problem.code === "clock-wrong" ? await ask(caller, call) : first;
    if (answer.type === "problem") throw new Refusal(shownProblem(answer.problem));
    return answer;
  } catch (error) {
    throw isAttachmentError(error) && !(error instanceof Refusal) ? unsigned(error) : error;
  } finally {
    caller.free();
  }
}

async function ask(caller: DeadlineCaller, call: DeadlineCall): Promise<DeadlineAnswer> {
  const reply = await sendAccountRequest(caller.request(call, Date.now() + clockOffset));
  const answer = caller.read(call, reply);
  if (answer.type === "problem" && answer.problem.code === "clock-wrong") {
    const theirs = Date.parse(reply.headers.date ?? "");
    if (!Number.isNaN(theirs)) clockOffset = theirs - Date.now();
  }
  return answer;
}

/** A problem of Rust's as messages carry it. */
export function shownProblem({ code, what, next, button }: AccountProblem) {
  return { code, what, next, button };
}

import type { ConnectionFinding } from "deadlinejs/common";
import { askBackground } from "../shared/background-client.ts";
import { byId, make } from "../shared/dom.ts";
import type { StoredProfile } from "../shared/messages.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { connectionNext, connectionOutcome, connectionStepName, connectionWhat } from "./connection-texts.ts";
import { problemSentence } from "./form-message.ts";

const VERDICTS = {
  passed: "optionsConnectionPassed",
  failed: "optionsConnectionFailed",
  "not-tried": "optionsConnectionNotTried",
} as const;

/** What came of a test of the connection, step by step. */
export class ConnectionView {
  readonly #section = byId("connection", HTMLElement);
  readonly #summary = byId("connection-summary", HTMLElement);
  readonly #steps = byId("connection-steps", HTMLElement);
  #run = 0;

  /** Shows nothing. */
  clear(): void {
    this.#run += 1;
    this.#section.hidden = true;
    delete this.#section.dataset.state;
  }

  /** Has the background test a stored profile, and shows what it finds. */
  async run(profile: StoredProfile): Promise<void> {
    this.clear();
    const run = this.#run;
    this.#section.hidden = false;
    this.#summary.textContent = text("optionsConnectionRunning");
    this.#steps.replaceChildren();
    const reply = await askBackground("connection.test", { profileId: profile.id });
    // Another profile is shown by now.
    if (run !== this.#run) return;
    if (!reply.ok) {
      this.#section.dataset.state = "refused";
      this.#summary.textContent = problemSentence(reply.problem);
      return;
    }
    const [state, sentence] = connectionOutcome(reply.value);
    this.#section.dataset.state = state;
    this.#summary.textContent = sentence;
    this.#steps.replaceChildren(...reply.value.map((finding) => stepElement(finding, profile)));
  }
}

function stepElement(finding: ConnectionFinding, { fields }: StoredProfile): HTMLLIElement {
  const { step, verdict } = finding;
  const next = connectionNext(finding, fields);
  const words = make(
    "p",
    { class: "step-text" },
    make("span", {}, `${text(VERDICTS[verdict])}. `),
    visibleText(connectionWhat(finding, fields)),
  );
  if (next !== "") words.append(" ", make("span", { class: "step-next" }, visibleText(next)));
  return make(
    "li",
    { "data-step": step, "data-verdict": verdict, "data-code": finding.code },
    make("p", { class: "step-name" }, connectionStepName(step)),
    words,
  );
}

import { askBackground } from "../shared/background-client.ts";
import type { Explained, Problem, UploadState } from "../shared/messages.ts";
import { problemButton } from "../shared/problem-button.ts";
import { problemParts } from "../shared/problem-element.ts";

/**
 * Has the background find out why a store refused, and puts the answer, with the one button that helps, in place of what the
 * engine could say by itself.
 */
export class DenialView {
  /** What is being explained, or has been: the same state is shown again and again. */
  #asked = "";

  /** `tryAgain` is what this page does where the same may succeed now; `refused` shows why a button's action failed. */
  constructor(
    private readonly tryAgain: () => void,
    private readonly refused: (problem: Problem) => void,
  ) {}

  /**
   * Explains the first problem of an upload that has failed, in the item that shows it.
   *
   * @returns the explanation; nothing where there is none, or it is shown already
   */
  async explainFailure(state: UploadState, list: HTMLElement): Promise<Problem | undefined> {
    const [problem] = state.problems;
    const explained = problem && (await this.#explain(state, problem));
    const item = list.querySelector("li");
    if (!explained || item === null || item.dataset.code !== problem.code) return undefined;
    item.dataset.denial = explained.problem.code;
    item.replaceChildren(...problemParts(explained.problem), ...this.#button(explained, state));
    return explained.problem;
  }

  async #explain({ uploadId, endedAt }: UploadState, { code }: Problem): Promise<Explained | undefined> {
    // Taken up again it may fail with the same once more, at another time.
    const question = `${uploadId} ${endedAt} ${code}`;
    if (this.#asked === question) return undefined;
    this.#asked = question;
    const reply = await askBackground("denial.explain", { uploadId, code });
    return this.#asked === question && reply.ok && reply.value !== null ? reply.value : undefined;
  }

  #button({ problem: { button }, profileId }: Explained, { uploadId }: UploadState): HTMLButtonElement[] {
    if (button === undefined) return [];
    const { tryAgain, refused } = this;
    const element = problemButton(button, { tryAgain, uploadId, profileId, refused });
    element.classList.add("primary");
    return [element];
  }
}

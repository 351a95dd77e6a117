/** Silence after which the engine host is asked to speak. */
const QUIET_MILLISECONDS = 10_000;
/** Questions without answer after which the host counts as lost. Counted, not timed: a page may be put to sleep. */
const UNANSWERED_AT_MOST = 3;

/**
 * Notices that the engine host is gone while an upload should be running. Without this a page would show the last
 * progress for ever.
 */
export class HostWatch {
  readonly #ask: () => void;
  readonly #lost: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unanswered = 0;

  /** `ask` makes a living host announce its uploads; `lost` is called once when it did not. */
  constructor(ask: () => void, lost: () => void) {
    this.#ask = ask;
    this.#lost = lost;
  }

  /** The upload runs and its host has just given a sign of life: start over. */
  alive(): void {
    this.stop();
    this.#unanswered = 0;
    this.#wait();
  }

  /** Nothing runs any more: no sign of life is expected. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      if (this.#unanswered === UNANSWERED_AT_MOST) {
        this.#lost();
        return;
      }
      this.#unanswered += 1;
      this.#ask();
      this.#wait();
    }, QUIET_MILLISECONDS);
  }
}

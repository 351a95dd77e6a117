import { formatDuration } from "./format.ts";
import { text } from "./text.ts";

/** How long credentials are still good, in one line; empty where nobody knows. */
export function expirySentence(expires: number | undefined, now = Date.now()): string {
  if (expires === undefined) return "";
  return text("sharedExpiresIn", formatDuration(expires - now));
}

/**
 * Writes into the element how long credentials are still good, each second for as long as the page is open. Calls
 * `ended` once they are not: the background has wiped them by then, or does so when it is asked.
 */
export class ExpiryCountdown {
  #expires: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Shows nothing before {@link show}. */
  constructor(
    private readonly element: HTMLElement,
    private readonly ended: () => void,
  ) {}

  /** Counts down to this moment, in milliseconds since 1970; shows nothing where there is none. */
  show(expires: number | undefined): void {
    this.#expires = expires;
    clearInterval(this.#timer);
    this.#tick();
    if (expires !== undefined && expires > Date.now()) this.#timer = setInterval(() => this.#tick(), 1000);
  }

  #tick(): void {
    const sentence = expirySentence(this.#expires);
    if (this.element.textContent !== sentence) this.element.textContent = sentence;
    if (this.#timer === undefined || this.#expires === undefined || this.#expires > Date.now()) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.ended();
  }
}

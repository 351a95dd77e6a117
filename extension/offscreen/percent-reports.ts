/** Between two reports, in milliseconds: each one may have to start the background. */
const PAUSE = 1000;

/** Tells how far an upload is: only when the number has changed, and at most once a second. */
export class PercentReports {
  #told: number | undefined;
  #toTell = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `tell` gets whole percent. */
  constructor(private readonly tell: (percent: number) => void) {}

  /** Takes the percent of now; the first one is told at once. */
  take(percent: number): void {
    this.#toTell = percent;
    if (this.#timer === undefined) this.#next();
  }

  /** Tells nothing more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #next(): void {
    this.#timer = undefined;
    if (this.#toTell === this.#told) return;
    this.#told = this.#toTell;
    this.tell(this.#toTell);
    this.#timer = setTimeout(() => this.#next(), PAUSE);
  }
}

/** What is still being loaded while the page is used already. */
export class LoadedLater<T> {
  readonly #loading: Promise<T>;
  #loaded: { value: T } | undefined;
  #isAwaited = false;

  /** Loads nothing itself. */
  constructor(loading: Promise<T>) {
    this.#loading = loading;
    loading.then(
      (value) => {
        this.#loaded = { value };
      },
      () => undefined,
    );
  }

  /**
   * Does this with it: at once where it is there, since a browser asks for a permission only straight out of a click; else
   * when it has come, and only once however often it is asked for meanwhile. `failed` is called where it never comes.
   */
  use(act: (loaded: T) => unknown, failed: () => void): void {
    if (this.#loaded !== undefined) {
      act(this.#loaded.value);
      return;
    }
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#loading.then(
      (value) => {
        this.#isAwaited = false;
        act(value);
      },
      () => {
        this.#isAwaited = false;
        failed();
      },
    );
  }
}

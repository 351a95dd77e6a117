/**
 * Makes a row of steps that come one after the other, also where several were ordered at once: for what is read, changed
 * and written back.
 *
 * @returns takes a step, and gives what comes of it; a step that fails lets the next one go on
 */
export function makeTurns(): <T>(step: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    return turn;
  };
}

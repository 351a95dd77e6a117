/** Throws unless both are equal, also in a browser, where no test framework is. */
export function same(what: string, ours: unknown, theirs: unknown): void {
  const [left, right] = [ours, theirs].map((value) => JSON.stringify(value, bigints));
  if (left !== right) throw new Error(`${what}: ours ${left?.slice(0, 400)}, theirs ${right?.slice(0, 400)}`);
}

/** What `work` throws; it must throw. */
export function refusal(work: () => unknown): Error & { code?: string; location?: unknown } {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`what was thrown is no Error: ${String(error)}`);
  }
  throw new Error("this was taken");
}

const bigints = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

/**
 * How long a test waits for what should come soon, in milliseconds. Nothing is measured by it: a machine that also runs
 * another browser's tests may be slow.
 */
export const PATIENCE_MS = 60_000;

/**
 * The package's own worker script, beside this file or beside the bundle that holds it. Vite and webpack find
 * this expression and bundle the script; for other bundlers it has to be copied by hand.
 */
export function startDefaultWorker(): Worker {
  return new Worker(new URL("./hash-worker.js", import.meta.url), { type: "module" });
}

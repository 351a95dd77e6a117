/** A module worker, or a service worker: there the same file, asked by a message. */
import * as common from "/deadlinejs/dist/common/index.js";
import * as hash from "/deadlinejs/dist/hash/index.js";
import { job } from "./job.js";

globalThis.addEventListener("message", (event) => {
  const work = job(common, hash)
    .catch((error) => ({ error: `${error.stack}` }))
    .then((outcome) => event.ports[0].postMessage(outcome));
  event.waitUntil?.(work);
});
globalThis.addEventListener("activate", (event) => event.waitUntil(globalThis.clients.claim()));

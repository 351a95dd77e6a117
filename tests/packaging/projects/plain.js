/** Without a bundler: relative addresses, no import map. */
import * as common from "/deadlinejs/dist/common/index.js";
import * as hash from "/deadlinejs/dist/hash/index.js";
import { job } from "./job.js";

globalThis.outcome = job(common, hash).catch((error) => ({ error: `${error.stack}` }));

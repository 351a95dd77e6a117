/**
 * The engine host in Chrome: an offscreen document, because the service worker is killed in the middle of
 * long uploads. It holds the files, the hash workers and the network; it never sees a secret.
 */
import { EngineHost } from "./engine-host.ts";

new EngineHost().listen();

/**
 * Firefox's background: an event page. It has what the engine host needs (files, workers, a life without a time limit as
 * long as there are events), so vault and engine host share it, and talk by the same messages as in Chrome.
 */
import { EngineHost } from "../offscreen/engine-host.ts";
import { keepAwake, listenToAwake } from "../shared/browser.ts";
import "./background.ts";
import { holdLocksOfFrames } from "./frame-locks.ts";

listenToAwake();
holdLocksOfFrames();
new EngineHost((ended) => void keepAwake(ended)).listen();

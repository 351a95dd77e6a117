/**
 * The page drop zone's half in the extension's own origin: a frame over a web page. It takes a drop that a person has made,
 * and nothing else: it does nothing until the background confirms that our own content script has opened it, and tells
 * nothing of the account until something was dropped.
 */
import { askBackground } from "../shared/background-client.ts";
import { byId, make } from "../shared/dom.ts";
import { grabDrop } from "../shared/intake/grab-drop.ts";
import type { Intake } from "../shared/intake/intake.ts";
import { startUpload } from "../shared/intake/start-upload.ts";
import type { Problem } from "../shared/messages.ts";
import { problemParts } from "../shared/problem-element.ts";
import { fillTexts, text } from "../shared/text.ts";
import { hostLostProblem, isEnded } from "../shared/upload-summary.ts";
import { UploadsClient } from "../shared/uploads-client.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Milliseconds without a sign of a drag after which there is none: a browser does not tell a frame that it has ended. */
const SILENCE = 1000;
/** The same before the first sign, when the frame was shown for people to see that it is there. */
const HINT = 3000;
/** Milliseconds that the good end stays to be read. */
const READING = 2500;
/** Milliseconds that an engine host has to tell that it has cancelled. */
const CANCEL_LIMIT = 2000;

let port: MessagePort | undefined;
let silence = 0;
let isTaking = false;
/** Cancels what is being handed over; nothing while nothing is. */
let cancel: (() => void) | undefined;

fillTexts();

window.addEventListener("message", async (event) => {
  const [theirs] = event.ports;
  const token: unknown = event.data?.token;
  if (port !== undefined || theirs === undefined || typeof token !== "string") return;
  const reply = await askBackground("overlay.claim", { token });
  if (!reply.ok || !reply.value || port !== undefined) return;
  port = theirs;
  byId("zone", HTMLElement).hidden = false;
  port.postMessage("seen");
  show("waiting");
  expectDrag(HINT);
});

window.addEventListener("dragover", (event) => {
  event.preventDefault();
  if (port === undefined || isTaking || !event.isTrusted) return;
  if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  show("over");
  expectDrag(SILENCE);
});
window.addEventListener("dragleave", (event) => {
  if (event.isTrusted && event.relatedTarget === null && !isTaking) close();
});
window.addEventListener("drop", (event) => {
  event.preventDefault();
  // Only what a person has dropped, on a frame that our own script has opened.
  if (port === undefined || isTaking || !event.isTrusted) return;
  clearTimeout(silence);
  const intake = event.dataTransfer && grabDrop(event.dataTransfer);
  if (intake) void take(intake);
  else close();
});
window.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && cancel === undefined) close();
});
byId("close", HTMLButtonElement).addEventListener("click", () => (cancel ?? close)());
byId("open-workspace", HTMLButtonElement).addEventListener("click", () => {
  void askBackground("workspace.show", {}).then((reply) => {
    if (reply.ok) close();
    else refuse(reply.problem);
  });
});

async function take(intake: Intake): Promise<void> {
  isTaking = true;
  const label = visibleText(intake.label);
  show("taking", text("overlayTaking", label), [make("p", {}, text("overlayKeep"))]);
  // What is handed over goes on; the way to the workspace is for what was refused.
  byId("buttons", HTMLElement).hidden = false;
  byId("open-workspace", HTMLElement).hidden = true;
  const uploads = new UploadsClient();
  const cancelling = new AbortController();
  makeCancel(() => {
    byId("headline", HTMLElement).textContent = text("sharedCancelling");
    // Nobody shall be kept before a sheet on somebody else's page.
    setTimeout(close, CANCEL_LIMIT);
    cancelling.abort();
  });
  const started = await startUpload(uploads, intake).catch(hostLostProblem);
  if ("code" in started) {
    refuse(started);
    return;
  }
  let isOver = false;
  uploads.onState((state) => {
    if (state.uploadId !== started.uploadId || !isEnded(state)) return;
    // Cancelled elsewhere, for example: nobody takes the rest.
    isOver = state.phase !== "complete";
    started.stop();
  });
  // Its end closes this.
  const cancelUpload = (): void => uploads.cancel(started.uploadId);
  if (cancelling.signal.aborted) cancelUpload();
  else cancelling.signal.addEventListener("abort", cancelUpload);
  await started.handedOver;
  if (isOver) close();
  else showTaken(label);
}

/** While files are handed over nothing ends that unasked: the frame takes the upload with it. */
function makeCancel(press: (() => void) | undefined): void {
  cancel = press;
  port?.postMessage(press ? "busy" : "idle");
  byId("close", HTMLElement).textContent = text(press ? "sharedCancel" : "overlayClose");
  byId("escape", HTMLElement).hidden = press !== undefined;
}

function showTaken(label: string): void {
  makeCancel(undefined);
  show("taken", text("overlayTaken", label), [make("p", {}, text("overlayGoesOn"))]);
  setTimeout(close, READING);
}

function refuse(problem: Problem): void {
  makeCancel(undefined);
  show("refused", text("noticeNothingSent"), problemParts(problem));
  byId("buttons", HTMLElement).hidden = false;
  byId("open-workspace", HTMLElement).hidden = false;
  byId("open-workspace", HTMLButtonElement).focus();
}

function show(state: string, headline?: string, detail: Node[] = []): void {
  document.body.dataset.state = state;
  if (headline === undefined) return;
  byId("headline", HTMLElement).textContent = headline;
  byId("detail", HTMLElement).replaceChildren(...detail);
}

function expectDrag(limit: number): void {
  clearTimeout(silence);
  silence = window.setTimeout(close, limit);
}

function close(): void {
  clearTimeout(silence);
  port?.postMessage("done");
}

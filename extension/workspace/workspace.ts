/**
 * The workspace tab: takes a drop, hands it to the engine host, shows how it goes and what came of it.
 * It owns no bytes and no upload: closing it, once all files are handed over, changes nothing.
 */
import { announce } from "../shared/announcer.ts";
import { askBackground } from "../shared/background-client.ts";
import { browser, onHostsChanged, requestHosts } from "../shared/browser.ts";
import { makeCopyButton } from "../shared/copy-button.ts";
import { byId } from "../shared/dom.ts";
import { formatPercent } from "../shared/format.ts";
import type { Intake } from "../shared/intake/intake.ts";
import { receiveDrops } from "../shared/intake/pass-drop.ts";
import { type StartedUpload, startUpload } from "../shared/intake/start-upload.ts";
import { keepFocus } from "../shared/keep-focus.ts";
import type { BackgroundStatus, UploadState } from "../shared/messages.ts";
import { clearNotice, showNotice } from "../shared/notice.ts";
import { previewOpen } from "../shared/preview-open.ts";
import { ProfileChoice } from "../shared/profile-choice.ts";
import { readinessOf } from "../shared/readiness.ts";
import { onStatusChanged } from "../shared/status-news.ts";
import { fillTexts, text } from "../shared/text.ts";
import { UploadControls } from "../shared/upload-controls.ts";
import { readySentence, stepNews } from "../shared/upload-news.ts";
import {
  headline,
  hostLostProblem,
  isEnded,
  isNews,
  isOutcomeUnknown,
  phaseSentence,
  waitingAdvice,
} from "../shared/upload-summary.ts";
import { UploadsClient } from "../shared/uploads-client.ts";
import { visibleText } from "../shared/visible-text.ts";
import { tellWhileVisible } from "../shared/watched.ts";
import { answerArrival } from "./arrival.ts";
import { DenialView } from "./denial-view.ts";
import { showDestination } from "./destination-view.ts";
import { Downloads } from "./downloads.ts";
import { watchDropZone } from "./drop-zone.ts";
import { FailureActions } from "./failure-actions.ts";
import { FileList } from "./file-list.ts";
import { watchHistory } from "./history-view.ts";
import { HostWatch } from "./host-watch.ts";
import { NotTakenView } from "./not-taken-view.ts";
import { PreviewView } from "./preview-view.ts";
import { showProblems } from "./problems-view.ts";
import { type Intaking, ProgressView } from "./progress-view.ts";
import { showResult } from "./result-view.ts";
import { setupTitle, showSetup } from "./setup-view.ts";
import { UnfinishedOffer } from "./unfinished-offer.ts";
import { showWaiting } from "./waiting-view.ts";

/** Figures that change while somebody types are read out once they have stood still for so long, in milliseconds. */
const SETTLED_AFTER = 1000;

fillTexts();

const uploads = new UploadsClient();
const progressView = new ProgressView();
const previewView = new PreviewView(uploads);
const notTakenView = new NotTakenView();
const hostWatch = new HostWatch(() => uploads.query(), hostLost);
const announcer = byId("announcer", HTMLElement);
const headlineElement = byId("headline", HTMLElement);
const controls = new UploadControls(
  byId("pause", HTMLButtonElement),
  byId("cancel", HTMLButtonElement),
  uploads,
);
const fileList = new FileList(uploads);
const downloads = new Downloads(uploads, showNotice);
const failureActions = new FailureActions(showNotice);
const offer = new UnfinishedOffer({
  // It was looked at before it began.
  onContinue: (intake) => void take(intake, false),
  onDenied: () => showNotice(text("workspaceReadingRefused")),
  onChange: () => render(),
  onForgotten: () => {
    keepFocus(headlineElement);
    announce(announcer, text("workspaceForgotten"));
  },
});

const denials = new DenialView(() => void failureActions.tryAgain(), showNotice);
const profileChoice = new ProfileChoice(byId("profile-choice", HTMLSelectElement), async (refusal) => {
  if (refusal === undefined) clearNotice();
  else showNotice(refusal);
  await refreshStatus();
});

let status: BackgroundStatus | null = null;
let upload: UploadState | null = null;
let handingOver: StartedUpload | null = null;
let beginning = false;
let settling = 0;

function isRunning(): boolean {
  return upload !== null && !isEnded(upload);
}

/** `unasked`: nobody has done anything here, there is only news. */
async function refreshStatus(unasked = false): Promise<void> {
  const reply = await askBackground("status.get", { unasked });
  if (reply.ok) {
    const wasUnknown = status === null;
    status = reply.value;
    byId("destination", HTMLElement).hidden = status.profile === null;
    if (status.profile) showDestination(status.profile);
    byId("to-profile", HTMLElement).hidden = profileChoice.show(status);
    if (wasUnknown) clearNotice();
  } else {
    showNotice(reply.problem);
  }
  render();
}

async function take(intake: Intake, hold = true): Promise<void> {
  if (beginning || isRunning()) {
    showNotice(isRunning() && upload?.preview ? previewOpen(upload.label) : text("workspaceRunningRefusal"));
    return;
  }
  const profileId = status?.profileId ?? null;
  if (status === null || profileId === null || readinessOf(status) !== "ready") {
    showNotice(text("workspaceNotReadyRefusal"));
    return;
  }
  clearNotice();
  setBeginning(true);
  const started = await startUpload(uploads, intake, profileId, hold);
  setBeginning(false);
  if ("code" in started) {
    // What came in was not walked yet.
    showNotice(started, { tryAgain: () => void take(intake, hold), profileId, refused: showNotice });
    await refreshStatus();
    return;
  }
  void offer.replace(started.label, status.profile?.name ?? "");
  await follow(started);
}

/** The background needs a moment to open an engine host, and the drop must not seem to be lost meanwhile. */
function setBeginning(now: boolean): void {
  beginning = now;
  byId("drop-zone", HTMLElement).inert = now;
  byId("drop-title", HTMLElement).textContent = text(now ? "workspaceStarting" : "workspaceDropTitle");
}

/** Stays with an upload that this page has begun until all its files are handed over. */
async function follow(started: StartedUpload): Promise<void> {
  handingOver = started;
  // The host may have spoken of it, or even ended it, before the background's reply arrived.
  if (upload?.uploadId !== started.uploadId) show(newUpload(started));
  else if (isEnded(upload)) started.stop();
  else render();
  try {
    await started.handedOver;
  } finally {
    if (handingOver === started) handingOver = null;
    render();
  }
}

/** What is known of an upload before its host has spoken. */
function newUpload(started: StartedUpload): UploadState {
  const none = { filesDone: 0, filesTotal: 0, bytesDone: 0n, bytesTotal: 0n };
  return {
    uploadId: started.uploadId,
    label: started.label,
    profileName: status?.profile?.name ?? "",
    assetRoot: status?.profile?.assetRoot ?? "",
    server: "",
    startedAt: Date.now(),
    phase: "finding",
    found: { files: 0, bytes: 0n, complete: false },
    hashing: none,
    checking: none,
    uploading: none,
    percent: 0,
    bytesPerSecond: 0n,
    notTaken: [],
    notTakenCount: 0,
    problems: [],
    problemCount: 0,
  };
}

function hear(state: UploadState): void {
  if (isNews(state, upload)) show(state);
}

function hostLost(): void {
  if (upload === null) return;
  const { preview, ...known } = upload;
  // Of a preview nothing was sent; of anything else nobody knows.
  const end = preview ? ({ phase: "cancelled", isGivenUp: true } as const) : ({ phase: "failed" } as const);
  const problems = [hostLostProblem()];
  show({ ...known, ...end, problems, problemCount: 1, endedAt: Date.now() });
  // What its host has left behind can be gone on with.
  void offer.look();
}

function show(state: UploadState): void {
  const before = upload?.uploadId === state.uploadId ? upload : null;
  const shownBefore = document.body.dataset.state;
  upload = state;
  if (before === null) clearNotice();
  if (isEnded(state)) end(state);
  else hostWatch.alive();
  render();
  if (before?.phase !== state.phase) announceStep(before, state);
  else if (before.waiting?.type !== state.waiting?.type) announceWaiting(state);
  else announceFigures(before, state);
  // A state comes ten times a second; only a change of what is shown takes a control away.
  const isOurs = handingOver !== null || before !== null;
  const isOther =
    document.body.dataset.state !== shownBefore || before?.waiting?.type !== state.waiting?.type;
  if (isOurs && isOther) keepFocus(headlineElement);
}

function end(state: UploadState): void {
  hostWatch.stop();
  progressView.stop();
  clearNotice();
  if (handingOver?.uploadId === state.uploadId) handingOver.stop();
  if (state.phase === "complete" && state.result) showResult(state, state.result);
  else {
    showProblems(state);
    void denials.explainFailure(state, byId("problems", HTMLElement)).then((explained) => {
      if (explained) failureActions.explained(explained);
    });
  }
  failureActions.show(state);
  downloads.show(state);
  notTakenView.show(state);
}

function announceStep(before: UploadState | null, state: UploadState): void {
  clearTimeout(settling);
  const news = stepNews(before, state);
  if (news !== undefined) announce(announcer, state.preview?.isReady ? readySentence(state.preview) : news);
}

/** Other patterns give other figures, in the same phase. */
function announceFigures(before: UploadState, { preview }: UploadState): void {
  if (!preview?.isReady || !before.preview) return;
  const sentence = readySentence(preview);
  if (sentence === readySentence(before.preview)) return;
  clearTimeout(settling);
  settling = window.setTimeout(() => announce(announcer, sentence), SETTLED_AFTER);
}

function announceWaiting(state: UploadState): void {
  const phase = phaseSentence(state);
  const { waiting } = state;
  announce(
    announcer,
    waiting === undefined
      ? text("workspaceGoesOn", phase)
      : text("workspaceWaits", phase, waitingAdvice(waiting)),
  );
}

/** Makes the page agree with `status` and `upload`. */
function render(): void {
  const readiness = status && readinessOf(status);
  const running = isRunning();
  const previewing = running && upload?.preview !== undefined;
  const going = previewing ? "preview" : "running";
  const shown = upload ? (running ? going : upload.phase) : (readiness ?? "loading");
  document.body.dataset.state = shown;

  const missing = readiness !== null && readiness !== "ready" && !running ? readiness : null;
  if (missing !== null && status !== null) showSetup(missing, status);
  byId("setup", HTMLElement).hidden = missing === null;
  byId("setup-title", HTMLElement).hidden = upload === null;
  byId("drop-zone", HTMLElement).hidden = readiness !== "ready" || running;
  byId("running", HTMLElement).hidden = !running;
  byId("result", HTMLElement).hidden = shown !== "complete";
  byId("links-note", HTMLElement).hidden = shown !== "complete";
  byId("failure", HTMLElement).hidden = shown !== "failed" && shown !== "cancelled";
  if (upload === null || running) downloads.hide();
  fileList.show(upload?.uploadId, running);
  // What an upload waits for has its place there, whether it is a preview or not.
  for (const element of document.querySelectorAll<HTMLElement>("#running > :not(#waiting)"))
    element.hidden = previewing;
  previewView.show(running ? upload : null);
  if (previewing && upload) notTakenView.show(upload);
  else if (upload === null || running) byId("not-taken-section", HTMLElement).hidden = true;

  offer.show({
    hasRoom: !running && !beginning && readiness !== null && readiness !== "no-profile",
    isReady: readiness === "ready",
    profileName: status?.profile?.name ?? "",
  });

  renderLead();
  if (running && upload !== null) {
    showWaiting(upload);
    progressView.show(upload, intaking(upload));
    controls.show(upload);
  }
}

function renderLead(): void {
  const subline = byId("subline", HTMLElement);
  const isSending = isRunning() && upload?.preview === undefined;
  const percent = isSending && upload ? formatPercent(upload.percent) : "";
  byId("percent", HTMLElement).textContent = percent;
  if (upload !== null) {
    headlineElement.textContent = headline(upload);
    subline.textContent = isRunning() ? phaseSentence(upload) : "";
    document.title = text("workspaceTitle", titleOf(upload, percent), visibleText(upload.label));
    return;
  }
  subline.textContent = "";
  if (status === null) return;
  const readiness = readinessOf(status);
  if (readiness === "ready") {
    headlineElement.textContent = text("workspaceReady", visibleText(status.profile?.name ?? ""));
    subline.textContent = text("workspaceReadyText");
  } else {
    headlineElement.textContent = setupTitle(readiness);
  }
}

/** How the upload stands, in a word. */
function titleOf(state: UploadState, percent: string): string {
  if (state.phase === "complete") return text("workspaceTitleDone");
  if (state.phase === "cancelled") return text("workspaceTitleCancelled");
  if (state.phase === "failed")
    return text(isOutcomeUnknown(state) ? "workspaceTitleUnknown" : "workspaceTitleFailed");
  if (state.waiting === undefined) return state.preview ? text("workspaceTitlePreview") : percent;
  return text(state.waiting.type === "paused" ? "workspaceTitlePaused" : "workspaceTitleWaiting");
}

function intaking(state: UploadState): Intaking {
  if (handingOver?.uploadId === state.uploadId) return "this-page";
  return state.found.complete ? "nobody" : "another-page";
}

makeCopyButton(byId("copy-attachments", HTMLButtonElement), {
  text: () => upload?.result?.manifest.attachments ?? "",
  copied: "sharedCopiedAttachments",
  notCopied: "sharedNotCopiedAttachments",
  region: announcer,
});
for (const id of ["open-options", "setup-options", "waiting-options"]) {
  byId(id, HTMLButtonElement).addEventListener("click", () => void browser.runtime.openOptionsPage());
}
byId("waiting-renew", HTMLButtonElement).addEventListener("click", async () => {
  if (upload === null) return;
  const reply = await askBackground("credentials.renew", { uploadId: upload.uploadId });
  if (reply.ok) clearNotice();
  else showNotice(reply.problem);
});
byId("allow-access", HTMLButtonElement).addEventListener("click", async () => {
  const origins = status?.originPatterns ?? [];
  if (origins.length === 0) return;
  const granted = await requestHosts(origins);
  if (granted) clearNotice();
  else showNotice(text("workspaceAccessDenied"));
  await refreshStatus();
  keepFocus(headlineElement);
});

watchDropZone({
  onIntake: (intake) => void take(intake),
  onNothing: () => showNotice(text("workspaceNoFilesRefusal")),
});
window.addEventListener("beforeunload", (event) => {
  if (handingOver !== null) event.preventDefault();
});
// Options are changed in another tab: what is missing here may have been put right there.
window.addEventListener("focus", () => void refreshStatus());
onStatusChanged(() => void refreshStatus(true));
onHostsChanged(() => void refreshStatus(true));

fillTexts();
const arrive = (): void =>
  void answerArrival({ announce: (done) => announce(announcer, done), notice: showNotice });
window.addEventListener("hashchange", arrive);

watchHistory(announcer);
tellWhileVisible();
uploads.onState(hear);
uploads.query();
void refreshStatus().then(() => {
  // What is missing must be known before anything is taken.
  receiveDrops((intake) => void take(intake));
  arrive();
});
void offer.look();

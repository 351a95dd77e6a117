/**
 * The toolbar popup: where uploads go, whether one runs, how the last one ended. It owns nothing and loads no WASM:
 * a browser closes it whenever the focus moves.
 */
import { announce } from "../shared/announcer.ts";
import { askBackground } from "../shared/background-client.ts";
import { browser, openPanel, openWorkspaceBehind, showWorkspace } from "../shared/browser.ts";
import { byId, make } from "../shared/dom.ts";
import { ExpiryCountdown } from "../shared/expiry.ts";
import { formatPercent } from "../shared/format.ts";
import { entryOf } from "../shared/history-entry.ts";
import { grabPassable, passDrop } from "../shared/intake/pass-drop.ts";
import { keepFocus } from "../shared/keep-focus.ts";
import type { BackgroundStatus, Problem, UploadState } from "../shared/messages.ts";
import { clearNotice, showNotice } from "../shared/notice.ts";
import { ProfileChoice } from "../shared/profile-choice.ts";
import { type Readiness, readinessOf } from "../shared/readiness.ts";
import { onStatusChanged } from "../shared/status-news.ts";
import { fillTexts, text } from "../shared/text.ts";
import { UploadControls } from "../shared/upload-controls.ts";
import { stepNews } from "../shared/upload-news.ts";
import { headline, isEnded, phaseSentence, speedSentence, supersedes } from "../shared/upload-summary.ts";
import { UploadsClient } from "../shared/uploads-client.ts";
import { visibleText } from "../shared/visible-text.ts";
import { LastUploads } from "./last-uploads.ts";
import { connectPageDrop } from "./page-drop-buttons.ts";

fillTexts();

const uploads = new UploadsClient();
const announcer = byId("announcer", HTMLElement);
const controls = new UploadControls(
  byId("pause", HTMLButtonElement),
  byId("cancel", HTMLButtonElement),
  uploads,
);
const profileChoice = new ProfileChoice(byId("profile-choice", HTMLSelectElement), async (refusal) => {
  if (refusal === undefined) clearNotice();
  else say(refusal);
  await showStatus();
});
const expiry = new ExpiryCountdown(byId("expiry", HTMLElement), () => void showStatus(true));
const lastUploads = new LastUploads(announcer);
let upload: UploadState | null = null;

/** Says what came of a press or a drop, also where the popup is scrolled to its end. */
function say(what: string | Problem): void {
  showNotice(what);
  byId("notice", HTMLElement).scrollIntoView({ block: "nearest" });
}

/** `unasked`: nobody has done anything here, there is only news. */
async function showStatus(unasked = false): Promise<void> {
  const reply = await askBackground("status.get", { unasked });
  const section = byId("profile", HTMLElement);
  if (!reply.ok) {
    section.hidden = true;
    say(reply.problem);
    return;
  }
  if (section.hidden) clearNotice();
  section.hidden = false;
  const readiness = readinessOf(reply.value);
  document.body.dataset.state = readiness;
  const { profile } = reply.value;
  byId("profile-name", HTMLElement).replaceChildren(
    profile === null ? text("popupNoProfile") : make("bdi", {}, visibleText(profile.name)),
  );
  const hasChoice = profileChoice.show(reply.value);
  byId("profile-name", HTMLElement).classList.toggle("visually-hidden", hasChoice);
  const signIn = byId("sign-in", HTMLElement);
  signIn.dataset.signedIn = String(reply.value.credentials !== null);
  signIn.textContent = signInSentence(readiness, reply.value);
  const { credentials } = reply.value;
  byId("session", HTMLElement).hidden = credentials === null;
  expiry.show(credentials?.expires);
}

function signInSentence(readiness: Readiness, status: BackgroundStatus): string {
  switch (readiness) {
    case "no-profile":
      return text("popupSetUpProfile");
    case "profile-invalid":
      return text("popupProfileInvalid");
    case "no-host-access":
      return text("popupNoHostAccess");
    case "no-credentials":
      return text("popupNoCredentials");
    case "ready":
      return text("popupSignedIn", visibleText(status.credentials?.accessKeyIdHint ?? ""));
  }
}

function showUpload(state: UploadState): void {
  if (!supersedes(state, upload)) return;
  const ended = isEnded(state);
  const before = upload?.uploadId === state.uploadId ? upload : null;
  upload = state;
  byId("running", HTMLElement).hidden = ended;
  const entry = entryOf(state);
  if (entry) lastUploads.add(entry);
  else if (!ended) showRunning(state);
  if (before === null) return;
  const isOtherWait = before.waiting?.type !== state.waiting?.type;
  const news = stepNews(before, state);
  if (news !== undefined) announce(announcer, news);
  else if (isOtherWait) announce(announcer, text("sharedAnnouncement", phaseSentence(state)));
  if (ended !== isEnded(before) || isOtherWait) keepFocus(byId("open-workspace", HTMLElement));
}

function showRunning(state: UploadState): void {
  const { percent, preview } = state;
  const needsCredentials = state.waiting?.type === "credentials";
  // Before anything is sent nothing is on its way, and what there is to decide is decided where the figures are.
  const isPreview = preview !== undefined;
  byId("running-title", HTMLElement).textContent = headline(state);
  byId("percent", HTMLElement).textContent = isPreview ? "" : formatPercent(percent);
  byId("progress", HTMLProgressElement).value = percent;
  byId("progress", HTMLElement).hidden = isPreview;
  byId("running-text", HTMLElement).textContent = phaseSentence(state);
  byId("running-speed", HTMLElement).textContent = speedSentence(state);
  byId("open-preview", HTMLElement).hidden = !isPreview;
  byId("waiting-options", HTMLElement).hidden = !needsCredentials;
  // Nothing leaves anyway, and three buttons have no room in one line.
  byId("pause", HTMLElement).hidden = isPreview || needsCredentials;
  byId("cancel", HTMLElement).hidden = isPreview;
  controls.show(state);
}

byId("forget", HTMLButtonElement).addEventListener("click", async () => {
  const reply = await askBackground("credentials.forget", {});
  if (!reply.ok) {
    say(reply.problem);
    return;
  }
  announce(announcer, text("sharedCredentialsForgotten"));
  await showStatus();
  byId("open-options", HTMLElement).focus();
});
for (const id of ["open-workspace", "open-preview"]) {
  byId(id, HTMLButtonElement).addEventListener("click", async () => {
    await showWorkspace();
    window.close();
  });
}
for (const id of ["open-options", "waiting-options"]) {
  byId(id, HTMLButtonElement).addEventListener("click", async () => {
    await browser.runtime.openOptionsPage();
    window.close();
  });
}

// Where it belongs has to be known before the click: a browser opens no panel for a click that is long over.
void browser.windows.getCurrent().then(({ id = browser.windows.WINDOW_ID_CURRENT }) => {
  byId("open-panel", HTMLButtonElement).addEventListener("click", () => {
    void openPanel(id).then(() => window.close());
  });
});

window.addEventListener("dragover", (event) => {
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  document.body.toggleAttribute("data-dragging", event.dataTransfer?.types.includes("Files") ?? false);
});
window.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.removeAttribute("data-dragging");
});
window.addEventListener("drop", async (event) => {
  event.preventDefault();
  document.body.removeAttribute("data-dragging");
  const passable = event.dataTransfer && grabPassable(event.dataTransfer);
  if (!passable) {
    say(text("droppedNoFile"));
    return;
  }
  const drop = await passable;
  if (drop !== null) await passDrop(drop, openWorkspaceBehind);
  await showWorkspace(drop === null ? "drop-here" : undefined);
  window.close();
});

void connectPageDrop(say);

onStatusChanged(() => void showStatus(true));
uploads.onState(showUpload);
uploads.query();
void lastUploads.look();
void showStatus();

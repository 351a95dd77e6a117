/**
 * What a person is told while no page of ours is in view: the end of an upload, or why one could not begin. A click on a
 * notification may come long after it was made: the background knows of it only what its id says.
 */
import {
  browser,
  NOTICES_HAVE_BUTTONS,
  notify,
  onNotificationButton,
  showWorkspace,
} from "../shared/browser.ts";
import { formatCount } from "../shared/format.ts";
import { type Problem, type UploadEnd, WATCHED_LOCK } from "../shared/messages.ts";
import { wantsNotifications } from "../shared/notification-setting.ts";
import { localProblem } from "../shared/problem-text.ts";
import { text, textFor } from "../shared/text.ts";
import { isOutcomeUnknown } from "../shared/upload-summary.ts";
import { visibleText } from "../shared/visible-text.ts";

/** The id says which upload it is about; of one that is complete there is something to copy. */
const ENDED = "ended-";
const FAILED = "failed-";

/** Tells how an upload came out, unless somebody watches it, has ended it, or wants no notifications. */
export async function noticeEnd(uploadId: string, end: UploadEnd): Promise<void> {
  if (end.phase === "cancelled" || (await isWatched()) || !(await wantsNotifications())) return;
  const label = visibleText(end.label);
  if (end.phase === "complete") {
    await notify(`${ENDED}${uploadId}`, {
      title: text("noticeComplete", label),
      message: textFor(end.files, "noticeFilesInStore", formatCount(end.files)),
      button: text("noticeCopy"),
    });
  } else {
    const { problem } = end;
    const isUnknown = problem !== undefined && isOutcomeUnknown({ problems: [problem] });
    await notify(`${FAILED}${uploadId}`, {
      title: text(isUnknown ? "sharedOutcomeUnknown" : "noticeFailed", label),
      message: problem ? sentencesOf(problem) : "",
    });
  }
}

/** Tells why nothing was begun: the person asked for it on a page that is not ours, so nothing else can tell. */
export async function noticeProblem(problem: Problem): Promise<void> {
  await notify(crypto.randomUUID(), {
    title: text("noticeNothingSent"),
    message: sentencesOf(problem),
  });
}

function wishOf(id: string): string | undefined {
  return id.startsWith(ENDED) ? `copy=${id.slice(ENDED.length)}` : undefined;
}

function sentencesOf(problem: Problem): string {
  const { what, next } = localProblem(problem);
  return `${visibleText(what)} ${visibleText(next)}`;
}

/** Must be called while the background's script runs for the first time. */
export function answerNotices(): void {
  browser.notifications.onClicked.addListener((id) => {
    void browser.notifications.clear(id);
    if (NOTICES_HAVE_BUTTONS) void showWorkspace();
    else void showWorkspace(wishOf(id));
  });
  onNotificationButton((id) => {
    void browser.notifications.clear(id);
    void showWorkspace(wishOf(id));
  });
}

/** Whether a page that shows how uploads go can be seen. */
async function isWatched(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === WATCHED_LOCK);
}

import { beforeEach, describe, expect, it, vi } from "vitest";
import { speak } from "../shared/fake-i18n.ts";
import { WATCHED_LOCK } from "../shared/messages.ts";
import { keepNotificationWish } from "../shared/notification-setting.ts";
import { hostLostProblem } from "../shared/upload-summary.ts";
import { FakeStorage } from "./fake-storage.ts";
import { answerNotices, noticeEnd, noticeProblem } from "./notices.ts";

type Clicked = (id: string) => void;

const mocks = vi.hoisted(() => ({
  local: undefined as unknown as object,
  notify: vi.fn(),
  showWorkspace: vi.fn(),
  hasButtons: true,
  clicked: [] as Clicked[],
  pressed: [] as Clicked[],
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    notifications: {
      clear: vi.fn(),
      onClicked: { addListener: (listener: Clicked) => mocks.clicked.push(listener) },
    },
    storage: {
      get local() {
        return mocks.local;
      },
    },
  },
  notify: mocks.notify,
  get NOTICES_HAVE_BUTTONS() {
    return mocks.hasButtons;
  },
  onNotificationButton: (listener: Clicked) => mocks.pressed.push(listener),
  showWorkspace: mocks.showWorkspace,
}));

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const NO_BUCKET = {
  code: "bucket-missing",
  what: "There is no bucket named shots on this S3 server.",
  next: "Check bucket.",
};
const complete = { phase: "complete" as const, label: "shot_010", files: 3, attachments: "{}" };

function hold(...names: string[]): void {
  vi.stubGlobal("navigator", { locks: { query: async () => ({ held: names.map((name) => ({ name })) }) } });
}

beforeEach(() => {
  vi.clearAllMocks();
  mocks.local = new FakeStorage();
  hold();
});

describe("noticeEnd", () => {
  it("tells of a complete upload, with a button", async () => {
    await noticeEnd(UPLOAD, complete);
    expect(mocks.notify).toHaveBeenCalledExactlyOnceWith(`ended-${UPLOAD}`, {
      title: "shot_010 is uploaded",
      message: "All 3 files are in the store.",
      button: "Copy attachments JSON",
    });
  });

  it("tells why an upload failed, without a button", async () => {
    await noticeEnd(UPLOAD, { phase: "failed", label: "shot\u202Egpj", problem: NO_BUCKET });
    expect(mocks.notify).toHaveBeenCalledExactlyOnceWith(`failed-${UPLOAD}`, {
      title: "shot[U+202E]gpj was not uploaded",
      message:
        "There is no bucket named shots on this S3 server. Compare the bucket on the options page with the queue's job attachments settings, then upload again.",
    });
  });

  it("does not claim to know how far an upload came whose engine host is gone", async () => {
    await noticeEnd(UPLOAD, { phase: "failed", label: "shot_010", problem: hostLostProblem() });
    expect(mocks.notify).toHaveBeenCalledExactlyOnceWith(`failed-${UPLOAD}`, {
      title: "It is not known whether shot_010 was uploaded",
      message: expect.stringContaining("The part of the extension that sends files has stopped."),
    });
  });

  it("speaks the browser's language", async () => {
    speak("de");
    await noticeEnd(UPLOAD, { phase: "failed", label: "shot_010", problem: NO_BUCKET });
    await noticeProblem({ code: "upload-running", what: "Another upload is running.", next: "Wait." });
    speak("en");
    const said = mocks.notify.mock.calls.map(([, { message }]) => message);
    expect(said).toEqual([expect.stringMatching(/^(?!There).*shots/), expect.stringMatching(/^(?!Another)/)]);
  });

  it("tells nothing while a page that shows it can be seen", async () => {
    hold(WATCHED_LOCK);
    await noticeEnd(UPLOAD, complete);
    expect(mocks.notify).not.toHaveBeenCalled();
  });

  it("tells nothing of what a person has cancelled, or where no notifications are wanted", async () => {
    await noticeEnd(UPLOAD, { phase: "cancelled", label: "shot_010" });
    await keepNotificationWish(false);
    await noticeEnd(UPLOAD, complete);
    expect(mocks.notify).not.toHaveBeenCalled();
    await keepNotificationWish(true);
    await noticeEnd(UPLOAD, complete);
    expect(mocks.notify).toHaveBeenCalledOnce();
  });
});

describe("answerNotices", () => {
  it("opens the workspace on a click, and has it copy on the button", () => {
    answerNotices();
    mocks.clicked[0]?.("ended-1");
    expect(mocks.showWorkspace).toHaveBeenLastCalledWith();
    mocks.pressed[0]?.(`ended-${UPLOAD}`);
    expect(mocks.showWorkspace).toHaveBeenLastCalledWith(`copy=${UPLOAD}`);
  });

  it("has the workspace copy on a click where notifications have no buttons", () => {
    mocks.hasButtons = false;
    answerNotices();
    mocks.clicked.at(-1)?.(`ended-${UPLOAD}`);
    expect(mocks.showWorkspace).toHaveBeenLastCalledWith(`copy=${UPLOAD}`);
    mocks.clicked.at(-1)?.(`failed-${UPLOAD}`);
    expect(mocks.showWorkspace).toHaveBeenLastCalledWith(undefined);
    mocks.hasButtons = true;
  });
});

describe("noticeProblem", () => {
  it("says what happened and what to do, also where no notifications of ends are wanted", async () => {
    await keepNotificationWish(false);
    await noticeProblem({ code: "c", what: "It is gone.", next: "Try again." });
    expect(mocks.notify.mock.calls[0]?.[1]).toEqual({
      title: "Nothing was uploaded",
      message: "It is gone. Try again.",
    });
  });
});

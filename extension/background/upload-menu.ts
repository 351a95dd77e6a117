/** The context menu: *Upload to <profile>*, for what is under the pointer. */
import type { Menus } from "webextension-polyfill";
import { browser } from "../shared/browser.ts";
import { makeTurns } from "../shared/in-turn.ts";
import type { Problem, Reply, Source, ToBackground } from "../shared/messages.ts";
import { patternFor } from "../shared/site-pattern.ts";
import { type MessageName, text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";
import { settled } from "./host-access.ts";
import { openHost, orderHost } from "./host-client.ts";
import { noticeProblem } from "./notices.ts";
import { hostUnreachable } from "./problems.ts";
import { readProfiles } from "./profile-store.ts";
import { borrowAccess, returnAccess } from "./resource-access.ts";
import { selectedText } from "./selected-text.ts";

/** Each item with the contexts that it is for, and what of the click it takes. */
const ITEMS: Record<
  string,
  {
    title: MessageName;
    contexts: ["image", "video", "audio"] | ["link" | "selection" | "page"];
    source: (click: Menus.OnClickData) => Source;
  }
> = {
  "upload-media": {
    title: "menuMedia",
    contexts: ["image", "video", "audio"],
    source: ({ srcUrl = "" }) => ({ type: "address", address: srcUrl }),
  },
  "upload-link": {
    title: "menuLink",
    contexts: ["link"],
    source: ({ linkUrl = "" }) => ({ type: "address", address: linkUrl }),
  },
  "upload-selection": {
    title: "menuSelection",
    contexts: ["selection"],
    source: ({ selectionText = "" }) => ({ type: "text", text: selectionText }),
  },
  "upload-page": {
    title: "menuPage",
    contexts: ["page"],
    source: ({ frameUrl, pageUrl = "" }) => ({ type: "address", address: frameUrl ?? pageUrl }),
  },
};

const inTurn = makeTurns();
/** What the items call the profile, as far as this background knows. */
let shownName: string | undefined;

/** Must be called while the background's script runs for the first time: a click may be what started it. */
export function answerMenu(): void {
  browser.runtime.onInstalled.addListener(() => void inTurn(makeMenu));
  // Profiles are kept, chosen for a session, and set by an administrator: in three areas.
  browser.storage.onChanged.addListener(() => void inTurn(renameMenu));
  // The browser keeps the titles of the session before, and nobody may have been there to see the change.
  void inTurn(renameMenu);
  browser.contextMenus.onClicked.addListener((click, tab) => {
    const source = ITEMS[click.menuItemId]?.source(click);
    if (source?.type === "text")
      void selectedText(click, tab).then((selected) => upload({ type: "text", text: selected }));
    else if (source !== undefined) void upload(source);
  });
}

/** The engine host needs nothing more of the resource's server. */
export async function endResource({ source, failure }: ToBackground["resource.done"]): Promise<null> {
  const pattern = source.type === "address" ? patternFor(source.address) : null;
  if (pattern) await settled(returnAccess(pattern));
  if (failure?.type === "refused") await noticeProblem(failure.problem);
  else if (failure) await noticeProblem(notFetched(failure, hostOf(source)));
  return null;
}

async function upload(source: Source): Promise<void> {
  const pattern = source.type === "address" ? patternFor(source.address) : null;
  if (pattern === undefined)
    return noticeProblem(problem("resource-address", text("resourceAddress"), text("resourceAddressNext")));
  if (pattern !== null && !(await settled(borrowAccess(pattern)))) {
    const what = text("resourceDenied", hostOf(source));
    return noticeProblem(problem("resource-denied", what, text("resourceDeniedNext")));
  }
  const reply = await fetchThere(source);
  if (reply.ok) return;
  if (pattern !== null) await settled(returnAccess(pattern));
  await noticeProblem(reply.problem);
}

/** Never rejects: there is nobody but a notification to tell that no engine host can be opened. */
async function fetchThere(source: Source): Promise<Reply<null>> {
  try {
    await openHost();
  } catch {
    return { ok: false, problem: hostUnreachable() };
  }
  return orderHost({ type: "host.fetch", source });
}

function notFetched(
  failure: Exclude<ToBackground["resource.done"]["failure"], undefined | { type: "refused" }>,
  host: string,
): Problem {
  switch (failure.type) {
    case "status":
      return problem(
        "resource-status",
        text("resourceStatus", host, failure.status),
        text("resourceStatusNext"),
      );
    case "unreachable":
      return problem(
        "resource-unreachable",
        text("resourceUnreachable", host),
        text("resourceUnreachableNext"),
      );
    case "no-room":
      return problem("resource-no-room", text("resourceNoRoom", host), text("resourceNoRoomNext"));
  }
}

const problem = (code: string, what: string, next: string): Problem => ({ code, what, next });

function hostOf(source: Source): string {
  return source.type === "address" && URL.canParse(source.address) ? new URL(source.address).host : "";
}

async function makeMenu(): Promise<void> {
  await browser.contextMenus.removeAll();
  const name = await profileName();
  shownName = name;
  for (const [id, { title, contexts }] of Object.entries(ITEMS))
    browser.contextMenus.create({ id, title: text(title, name), contexts: [...contexts] });
}

async function renameMenu(): Promise<void> {
  const name = await profileName();
  if (name === shownName) return;
  for (const [id, { title }] of Object.entries(ITEMS)) {
    try {
      await browser.contextMenus.update(id, { title: text(title, name) });
    } catch {
      // Not made yet: then it gets the right name at once.
      return;
    }
  }
  shownName = name;
}

/** A browser takes `%s` in a title for the selected text, and `&` for the mark of a key. */
async function profileName(): Promise<string> {
  const name = visibleText((await readProfiles()).chosen?.fields.name ?? text("menuNoProfile"));
  return name.replaceAll("%s", "% s").replaceAll("&", "&&");
}

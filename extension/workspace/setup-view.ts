import { byId } from "../shared/dom.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import type { Readiness } from "../shared/readiness.ts";
import { formFor, type MessageName, text, textParts } from "../shared/text.ts";

type Missing = Exclude<Readiness, "ready">;

/** What a person reads when something is missing before an upload can begin. */
interface Setup {
  title: MessageName;
  optionsButton: MessageName;
  text: (status: BackgroundStatus) => (Node | string)[];
}

/** The title for what is missing; also the page's headline when there is nothing else to show. */
export function setupTitle(missing: Missing): string {
  return text(SETUPS[missing].title);
}

/** Shows what is missing and the way to put it right. */
export function showSetup(missing: Missing, status: BackgroundStatus): void {
  const { profiles, profileId } = status;
  const isLocked = profiles.some(({ id, isLocked }) => id === profileId && isLocked);
  const setup = missing === "profile-invalid" && isLocked ? LOCKED_INVALID : SETUPS[missing];
  byId("setup-title", HTMLElement).textContent = text(setup.title);
  const allow = byId("allow-access", HTMLButtonElement);
  allow.hidden = missing !== "no-host-access";
  const options = byId("setup-options", HTMLButtonElement);
  options.textContent = text(setup.optionsButton);
  options.classList.toggle("primary", allow.hidden);
  byId("setup-text", HTMLElement).replaceChildren(...setup.text(status));
}

function addresses({ originPatterns }: BackgroundStatus): (Node | string)[] {
  const all = document.createElement("span");
  for (const pattern of originPatterns) all.append(all.hasChildNodes() ? " " : "", pathElement(pattern));
  return textParts(formFor(originPatterns.length, "workspaceNoAccessText"), all);
}

const SETUPS: Record<Missing, Setup> = {
  "no-profile": {
    title: "workspaceNoProfile",
    text: () => [text("workspaceNoProfileText")],
    optionsButton: "workspaceNoProfileOptions",
  },
  "profile-invalid": {
    title: "workspaceProfileInvalid",
    text: () => [text("workspaceProfileInvalidText")],
    optionsButton: "workspaceProfileInvalidOptions",
  },
  "no-host-access": {
    title: "workspaceNoAccess",
    text: addresses,
    optionsButton: "workspaceOptions",
  },
  "no-credentials": {
    title: "workspaceNoCredentials",
    text: () => [text("workspaceNoCredentialsText")],
    optionsButton: "sharedEnterCredentials",
  },
};

/** Nobody here can correct it. */
const LOCKED_INVALID: Setup = {
  title: "workspaceProfileInvalid",
  text: () => [text("workspaceProfileInvalidLocked")],
  optionsButton: "workspaceOptions",
};

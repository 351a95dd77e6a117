import { byId, make } from "../shared/dom.ts";
import type { BackgroundStatus } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import type { Readiness } from "../shared/readiness.ts";

/** What a person reads when something is missing before an upload can begin. */
interface Setup {
  title: string;
  text: (Node | string)[];
  optionsButton: string;
}

/** The title for what is missing; also the page's headline when there is nothing else to show. */
export function setupTitle(missing: Exclude<Readiness, "ready">): string {
  return SETUPS[missing].title;
}

/** Shows what is missing and the way to put it right. */
export function showSetup(missing: Exclude<Readiness, "ready">, status: BackgroundStatus): void {
  const setup = SETUPS[missing];
  byId("setup-title", HTMLElement).textContent = setup.title;
  const allow = byId("allow-access", HTMLButtonElement);
  allow.hidden = missing !== "no-host-access";
  const options = byId("setup-options", HTMLButtonElement);
  options.textContent = setup.optionsButton;
  options.classList.toggle("primary", allow.hidden);
  const text = byId("setup-text", HTMLElement);
  text.replaceChildren(...setup.text);
  if (missing === "no-host-access") {
    const addresses = status.originPatterns.flatMap((pattern) => [
      " ",
      make("span", {}, pathElement(pattern)),
    ]);
    text.append(addresses.length > 2 ? " The bucket's addresses:" : " The bucket's address:", ...addresses);
  }
}

const SETUPS: Record<Exclude<Readiness, "ready">, Setup> = {
  "no-profile": {
    title: "No profile yet",
    text: [
      "A profile names the farm, the queue and the queue's job attachments bucket. Uploads begin with it.",
    ],
    optionsButton: "Set up a profile",
  },
  "profile-invalid": {
    title: "The profile cannot be used as it is",
    text: [
      "At least one of its fields breaks a rule. The options page says which one, and what it should be.",
    ],
    optionsButton: "Correct the profile",
  },
  "no-host-access": {
    title: "The browser does not let the extension reach the bucket yet",
    text: ["The extension has access to no site until you allow it, and then only to the bucket."],
    optionsButton: "Open options",
  },
  "no-credentials": {
    title: "No credentials for this browser session",
    text: ["Credentials are kept in memory only and are gone when the browser closes. Enter them to upload."],
    optionsButton: "Enter credentials",
  },
};

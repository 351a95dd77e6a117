import { askBackground } from "./background-client.ts";
import { showOptions } from "./browser.ts";
import { copyText } from "./copy-text.ts";
import { make } from "./dom.ts";
import type { Problem, ProblemButton } from "./messages.ts";
import { type MessageName, text } from "./text.ts";

const WORDS: Record<ProblemButton["action"], MessageName> = {
  "enter-credentials": "sharedEnterCredentials",
  "renew-credentials": "sharedRenewCredentials",
  "sign-in": "sharedSignInAgain",
  "try-again": "sharedTryAgain",
  "choose-queue": "sharedChooseQueue",
  "copy-permissions": "sharedCopyPermissions",
  "use-region": "sharedUseRegion",
  "use-sign-in-region": "sharedUseRegion",
  "open-sign-in-settings": "sharedSignInSettings",
  "open-profile": "sharedOpenProfile",
};

/** What a problem's button needs of the page that shows it. */
export interface ButtonPlace {
  /** Does anew what was refused. */
  tryAgain: () => void;
  /** The upload whose queue is asked for others where credentials are renewed. */
  uploadId?: string;
  /** The profile that is opened or changed; where there is none, the one that the options page shows. */
  profileId?: string;
  /** Shows why that was refused. */
  refused?: (problem: Problem) => void;
}

/** Whether it is mended in the profile: of no use to an upload, which keeps the profile that it was begun with. */
export function leadsToProfile({ action }: ProblemButton): boolean {
  return action === "open-profile" || action === "use-region";
}

/** The one thing to do about a problem. */
export function problemButton(
  { action, value = "" }: ProblemButton,
  { tryAgain, uploadId, profileId, refused }: ButtonPlace,
): HTMLButtonElement {
  const button = make(
    "button",
    { type: "button", class: "button", "data-action": action },
    text(WORDS[action], value),
  );
  button.addEventListener("click", async () => {
    switch (action) {
      case "try-again":
        return tryAgain();
      case "renew-credentials": {
        if (uploadId === undefined) return undefined;
        const reply = await askBackground("credentials.renew", { uploadId });
        if (reply.ok) button.textContent = text("sharedCredentialsRenewed");
        else refused?.(reply.problem);
        return undefined;
      }
      case "copy-permissions": {
        const copied = await copyText(value);
        button.textContent = text(copied ? "sharedCopiedPermissions" : "sharedNotCopied");
        return undefined;
      }
      case "enter-credentials":
        return showOptions({ id: "pasted" });
      case "sign-in":
      case "open-sign-in-settings":
        return showOptions({ id: "start-url" });
      case "use-sign-in-region":
        return showOptions({ id: "sign-in-region", value });
      case "choose-queue":
        return showOptions({ id: "choose-queue", profileId });
      case "use-region":
        return showOptions({ id: "region", value, profileId });
      case "open-profile":
        return showOptions({ id: value, profileId });
    }
  });
  return button;
}

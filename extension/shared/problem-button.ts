import { askBackground } from "./background-client.ts";
import { showOptions } from "./browser.ts";
import { make } from "./dom.ts";
import type { ProblemButton } from "./messages.ts";
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

/** The one thing to do about a problem. `tryAgain` is what this page does anew. */
export function problemButton(
  { action, value = "" }: ProblemButton,
  tryAgain: () => void,
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
      case "renew-credentials":
        await askBackground("credentials.renew", {});
        return undefined;
      case "copy-permissions":
        await navigator.clipboard.writeText(value);
        button.textContent = text("sharedCopiedPermissions");
        return undefined;
      case "enter-credentials":
        return showOptions("pasted");
      case "sign-in":
      case "open-sign-in-settings":
        return showOptions("start-url");
      case "use-sign-in-region":
        return showOptions(`sign-in-region=${value}`);
      case "choose-queue":
        return showOptions("choose-queue");
      case "use-region":
        return showOptions(`region=${value}`);
      case "open-profile":
        return showOptions(value);
    }
  });
  return button;
}

/**
 * The options page: profiles, credentials for this browser session, notifications, sites with the drop zone, and the cache.
 */
import { showWorkspace } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { onStatusChanged } from "../shared/status-news.ts";
import { fillTexts } from "../shared/text.ts";
import { answerWish } from "./arrival.ts";
import { connectCacheSection } from "./cache-section.ts";
import { CredentialsForm } from "./credentials-form.ts";
import { DropSitesSection } from "./drop-sites-section.ts";
import { IdleSection } from "./idle-section.ts";
import { showJumpLinks } from "./jump-links.ts";
import { connectNotificationsSection } from "./notifications-section.ts";
import { loadPastedReader } from "./pasted-text.ts";
import { loadProfileCheck } from "./profile-check.ts";
import { ProfilesSection } from "./profiles-section.ts";
import { SignInSection } from "./sign-in-section.ts";

fillTexts();
showJumpLinks();
const rules = loadProfileCheck();
const profiles = new ProfilesSection(rules);
const credentialsForm = new CredentialsForm(refresh);
const idle = new IdleSection();
const signIn = new SignInSection();

/** `unasked`: nobody has done anything here, there is only news. */
async function refresh(unasked = false): Promise<void> {
  const status = await profiles.refresh(unasked);
  if (status === undefined) return;
  credentialsForm.showHeld(status.credentials);
  idle.show(status.idleMinutes);
  signIn.show(status.signIn);
}

byId("open-workspace", HTMLButtonElement).addEventListener("click", () => void showWorkspace());
// What is stored is shown before the rules judge it.
const stored = refresh();
stored
  .then(() => rules)
  .then(
    (check) => profiles.useRules(check),
    () => profiles.cannotLoadRules(),
  );
loadPastedReader().then(
  (read) => credentialsForm.useReader(read),
  // The background judges what is pasted in any case.
  () => undefined,
);
onStatusChanged(() => void refresh(true));
connectCacheSection();
answerWish({
  shown: Promise.all([stored, signIn.recalled]),
  turnTo: (profileId) => profiles.turnTo(profileId),
  type(field, value) {
    if (field === "region") profiles.typeInto(field, value);
    else if (field === "sign-in-region") byId(field, HTMLInputElement).value = value;
  },
});
void connectNotificationsSection();
new DropSitesSection();

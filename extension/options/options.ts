/**
 * The options page: one profile, credentials for this browser session, and the cache.
 */
import { askBackground } from "../shared/background-client.ts";
import { showWorkspace } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { connectCacheSection } from "./cache-section.ts";
import { CredentialsForm } from "./credentials-form.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";
import { loadProfileCheck } from "./profile-check.ts";
import { ProfileForm } from "./profile-form.ts";

const profileForm = new ProfileForm();
const credentialsForm = new CredentialsForm(showHeld);

async function showHeld(): Promise<void> {
  const reply = await askBackground("status.get", {});
  if (reply.ok) credentialsForm.showHeld(reply.value.credentials);
}

async function fillIn(): Promise<void> {
  const reply = await askBackground("status.get", {});
  if (!reply.ok) {
    showFormMessage(byId("profile-message", HTMLElement), "refused", problemSentence(reply.problem));
    return;
  }
  const { profiles, profileId } = reply.value;
  const chosen = profiles.find(({ id }) => id === profileId);
  if (chosen) profileForm.fill(chosen);
  credentialsForm.showHeld(reply.value.credentials);
}

byId("open-workspace", HTMLButtonElement).addEventListener("click", () => void showWorkspace());
loadProfileCheck().then(
  (check) => profileForm.useRules(check),
  () => profileForm.cannotLoadRules(),
);
connectCacheSection();
void fillIn();

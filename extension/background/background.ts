/**
 * The background (Chrome: service worker; Firefox: part of the event page): keeps the profiles, holds the credentials, signs requests, opens
 * the engine host. File bytes never pass here. It may be stopped at any moment and starts anew with the next
 * message, so everything that must last is in extension storage.
 */
import { closeStorageToContentScripts, listenAsVault, showWorkspace } from "../shared/browser.ts";
import { listen } from "../shared/message-road.ts";
import { type Reply, type ToBackground, toBackground, toVault } from "../shared/messages.ts";
import { readMessage } from "../shared/read-message.ts";
import { isFrom } from "../shared/sender.ts";
import { clearBadge, clearStaleBadge, showPercent } from "./badge.ts";
import { beginUpload } from "./begin-upload.ts";
import { answerCommands } from "./commands.ts";
import { testConnection } from "./connection-test.ts";
import { explainDenial } from "./denial.ts";
import { dropSites, enableSite, removeSite, watchDropSites } from "./drop-sites.ts";
import { attachmentsOf, keepAttachments } from "./ended-uploads.ts";
import { takeCredentials } from "./entered-credentials.ts";
import { listFarms, listQueues, queueInfo } from "./farm-lists.ts";
import { settled, watchHostAccess } from "./host-access.ts";
import { setIdleMinutes } from "./idle-time.ts";
import { isUse } from "./is-use.ts";
import { forgetLostUploads } from "./lost-uploads.ts";
import { onPolicyChanged } from "./managed-policy.ts";
import { answerNotices, noticeEnd } from "./notices.ts";
import { claimOverlay, expectOverlay } from "./overlay-tokens.ts";
import { tellPages } from "./pages-client.ts";
import { problemOf } from "./problems.ts";
import { chooseProfile, deleteProfile, saveProfile, setDefaultProfile } from "./profile-store.ts";
import { retryUpload } from "./retry-upload.ts";
import { chooseAccount, chooseRole, startSignIn, watchSignIn } from "./sign-in.ts";
import { forgetSigners, signRequest } from "./signing.ts";
import { readStatus } from "./status.ts";
import { listStorageProfiles } from "./storage-profile.ts";
import { goOnWithKeys, renewForPerson, renewForUpload, watchRenewal } from "./upload-keys.ts";
import { answerMenu, endResource } from "./upload-menu.ts";
import { forgetUpload, noteBegun, noteFailed } from "./upload-store.ts";
import { forgetAll, type KeyNews, noteUse, onKeysChanged, planWipe, watchVault } from "./vault.ts";

void closeStorageToContentScripts();
void clearStaleBadge();
void forgetLostUploads();
answerCommands();
answerMenu();
answerNotices();
watchDropSites();
onPolicyChanged(() => void settled(tellPages({ type: "status.changed" })));
watchHostAccess();
onKeysChanged(keysChanged);
watchVault();
watchSignIn();
watchRenewal(forgetSigners);

listen((message, sender) => {
  const order = readMessage(toBackground, message);
  if (!order || !isFrom(toBackground[order.type].from, sender)) return undefined;
  return answer(async () => {
    if (isUse(order)) await noteUse();
    return carryOut(order, sender.tab?.id);
  });
});

listenAsVault((message, sender) => {
  const order = readMessage(toVault, message);
  if (!order || !isFrom(toVault[order.type].from, sender)) return undefined;
  return answer(() => takeCredentials(order));
});

async function answer(work: () => Promise<unknown>): Promise<Reply<unknown>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

async function carryOut(
  order: ToBackground[keyof ToBackground],
  tabId: number | undefined,
): Promise<unknown> {
  switch (order.type) {
    case "status.get":
      return readStatus();
    case "profile.save":
      return settled(saveProfile(order.profile, order.profileId));
    case "profile.delete":
      return settled(deleteProfile(order.profileId));
    case "profile.setDefault":
      return setDefaultProfile(order.profileId);
    case "profile.choose":
      return chooseProfile(order.profileId);
    case "connection.test":
      return testConnection(order.profileId);
    case "credentials.forget":
      await forgetAll();
      return null;
    case "farms.list":
      return listFarms(order);
    case "queues.list":
      return listQueues(order);
    case "queue.get":
      return queueInfo(order);
    case "storageProfiles.list":
      return listStorageProfiles(order);
    case "denial.explain":
      return explainDenial(order);
    case "credentials.renew":
      return renewForPerson(order.uploadId, forgetSigners);
    case "credentials.needed":
      return renewForUpload(order.uploadId, forgetSigners);
    case "signIn.start":
      return settled(startSignIn(order));
    case "signIn.account":
      return chooseAccount(order.accountId);
    case "signIn.role":
      return chooseRole(order.roleName);
    case "session.setIdle":
      await setIdleMinutes(order.minutes);
      await planWipe();
      return null;
    case "upload.begin":
      return beginUpload(order);
    case "upload.retry":
      return retryUpload(order);
    case "request.sign":
      return signRequest(order);
    case "upload.progress":
      await noteBegun(order.uploadId);
      return showPercent(order.percent);
    case "upload.ended":
      return endUpload(order);
    case "overlay.expect":
      return expectOverlay(order.token, tabId);
    case "overlay.claim":
      return claimOverlay(order.token, tabId);
    case "workspace.show":
      await showWorkspace();
      return null;
    case "dropSites.get":
      return dropSites();
    case "dropSites.enable":
      return settled(enableSite(order.address));
    case "dropSites.remove":
      return settled(removeSite(order.site));
    case "resource.done":
      return endResource(order);
    case "attachments.get":
      return attachmentsOf(order.uploadId);
  }
}

async function endUpload({ uploadId, end }: ToBackground["upload.ended"]): Promise<null> {
  forgetSigners(uploadId);
  if (end.phase === "failed") await noteFailed(uploadId);
  await settled(forgetUpload(uploadId));
  await clearBadge();
  if (end.phase === "complete") await keepAttachments(uploadId, end.attachments);
  await noticeEnd(uploadId, end);
  return null;
}

/** Nothing is signed with what is gone, pages show what there is now, and an upload that waits for other keys goes on. */
async function keysChanged(news: KeyNews): Promise<void> {
  forgetSigners();
  await tellPages({ type: "status.changed" });
  // Nobody who has entered keys waits for what queues say to them.
  if (news === "kept") void goOnWithKeys(forgetSigners);
}

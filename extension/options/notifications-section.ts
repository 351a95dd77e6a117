import { byId } from "../shared/dom.ts";
import { keepNotificationWish, wantsNotifications } from "../shared/notification-setting.ts";

/** The part of the page that says whether the end of an upload is told by the system. */
export async function connectNotificationsSection(): Promise<void> {
  const box = byId("notifications", HTMLInputElement);
  box.addEventListener("change", () => void keepNotificationWish(box.checked));
  box.checked = await wantsNotifications();
}

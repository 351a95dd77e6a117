import type { ToHost } from "../shared/messages.ts";
import { settled } from "./host-access.ts";
import { orderHost } from "./host-client.ts";
import { Refusal } from "./problems.ts";
import { forgetUpload, noteUpload, type Place } from "./upload-store.ts";

/** Orders an upload from the engine host. Its requests may be signed from before the order on, unless the host refuses. */
export async function orderUpload(
  place: Place,
  order: ToHost["host.open"] | ToHost["host.retry"],
): Promise<null> {
  await noteUpload(order.uploadId, place);
  const reply = await orderHost(order);
  if (!reply.ok) {
    await settled(forgetUpload(order.uploadId));
    throw new Refusal(reply.problem);
  }
  return null;
}

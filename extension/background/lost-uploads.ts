/**
 * Uploads whose engine host is gone: it has told of no end, and may have gone while no page was there to notice. Their
 * requests are signed no more, they need no access, and nothing waits for their keys.
 */
import { isHostLeft } from "../shared/browser.ts";
import { hostLostProblem } from "../shared/upload-summary.ts";
import { settleHosts } from "./host-access.ts";
import { noticeEnd } from "./notices.ts";
import { forgetUpload, placeOfUpload, runningUploads } from "./upload-store.ts";

/** One look after the other: an upload that begins after a look is not taken for a lost one. */
let looking: Promise<void> = Promise.resolve();

/** To be called when the background's script begins, and before an engine host is opened. Never rejects. */
export function forgetLostUploads(): Promise<void> {
  looking = looking.then(forget).catch(() => undefined);
  return looking;
}

async function forget(): Promise<void> {
  if (await isHostLeft()) return;
  const lost = await runningUploads();
  if (lost.length === 0) return;
  const places = await Promise.all(lost.map(async (id) => ({ id, place: await placeOfUpload(id) })));
  await Promise.all(lost.map(forgetUpload));
  await settleHosts();
  for (const { id, place } of places)
    if (place && !place.isHeld)
      await noticeEnd(id, { phase: "failed", label: place.label, problem: hostLostProblem() });
}

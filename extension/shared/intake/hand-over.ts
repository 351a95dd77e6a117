import type { FoundFile, NotTaken } from "../messages.ts";
import type { UploadsClient } from "../uploads-client.ts";
import { type Intake, isFound } from "./intake.ts";

/** Most items in one message: large enough that messages do not count, small enough that memory does not. */
const BATCH_ITEMS = 256;
/** A batch leaves after this time even when it is small, so that a slow disk still shows progress. */
const BATCH_MILLISECONDS = 250;

/**
 * Gives everything that came in to the engine host. One batch is on its way while the next is collected, and no more:
 * so the walk is never far ahead of the engine. The caller holds the upload's intake lock until this resolves, so that
 * a lock that is free earlier means that this page is gone.
 *
 * Aborting the signal stops the walk and resolves; the upload is then over, or its host is.
 */
export async function handOver(
  uploads: Pick<UploadsClient, "giveFiles" | "endIntake">,
  uploadId: string,
  items: Intake["items"],
  signal: AbortSignal,
): Promise<void> {
  try {
    await giveAll(uploads, uploadId, items, signal);
    await uploads.endIntake(uploadId, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function giveAll(
  uploads: Pick<UploadsClient, "giveFiles">,
  uploadId: string,
  items: Intake["items"],
  signal: AbortSignal,
): Promise<void> {
  let batch = 0;
  let files: FoundFile[] = [];
  let notTaken: NotTaken[] = [];
  let sentAt = performance.now();
  let onItsWay: Promise<void> = Promise.resolve();

  const send = async (): Promise<void> => {
    await onItsWay;
    onItsWay = uploads.giveFiles({ uploadId, batch, files, notTaken }, signal);
    // It is awaited before the next batch or at the end; until then a refusal is not an unhandled one.
    onItsWay.catch(() => {});
    batch += 1;
    files = [];
    notTaken = [];
    sentAt = performance.now();
  };

  for await (const item of items) {
    signal.throwIfAborted();
    if (isFound(item)) files.push(item);
    else notTaken.push(item);
    const full = files.length + notTaken.length >= BATCH_ITEMS;
    if (full || performance.now() - sentAt >= BATCH_MILLISECONDS) await send();
  }
  if (files.length + notTaken.length > 0) await send();
  await onItsWay;
}

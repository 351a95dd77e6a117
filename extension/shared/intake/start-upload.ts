import { askBackground } from "../background-client.ts";
import { holdLock, losesNames } from "../browser.ts";
import { intakeLockName, type Problem } from "../messages.ts";
import type { UploadsClient } from "../uploads-client.ts";
import { handOver } from "./hand-over.ts";
import type { Intake } from "./intake.ts";
import { withoutLostNames } from "./lost-names.ts";

/** What the declared message allows for a label. */
const LABEL_LENGTH = 1024;

/** An upload that this page has begun and whose files it hands over. */
export interface StartedUpload {
  uploadId: string;
  label: string;
  /** Settles when all files are handed over, or the hand-over was stopped. */
  handedOver: Promise<void>;
  /** Stops the hand-over; the upload is over already. */
  stop: () => void;
}

/**
 * Asks for a new upload to that profile, else to the chosen one, and begins to hand over what came in. The intake lock is taken first, so that the
 * engine host notices at any time that this page has gone before it was done.
 *
 * @param hold send nothing before somebody says so: the person sees first what would be sent
 */
export function startUpload(
  uploads: UploadsClient,
  intake: Intake,
  profileId?: string,
  hold = false,
): Promise<StartedUpload | Problem> {
  const uploadId = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    holdLock(intakeLockName(uploadId), async () => {
      const started = await begin(uploads, uploadId, profileId, hold, intake);
      resolve(started);
      if (!("code" in started)) await started.handedOver;
    }).catch(reject);
  });
}

async function begin(
  uploads: UploadsClient,
  uploadId: string,
  profileId: string | undefined,
  hold: boolean,
  intake: Intake,
): Promise<StartedUpload | Problem> {
  // A label is for people: unlike the names in the intake it need not survive unchanged.
  const label = intake.label.slice(0, LABEL_LENGTH).toWellFormed();
  const reply = await askBackground("upload.begin", {
    uploadId,
    label,
    ...(profileId !== undefined && { profileId }),
    ...(hold && { hold }),
    ...(intake.patterns && { patterns: intake.patterns }),
  });
  if (!reply.ok) return reply.problem;
  void intake.roots.then((roots) => {
    if (roots.length > 0) uploads.giveRoots(uploadId, roots);
  });
  const items = losesNames() ? withoutLostNames(intake.items) : intake.items;
  const stopping = new AbortController();
  return {
    uploadId,
    label,
    handedOver: handOver(uploads, uploadId, items, stopping.signal),
    stop: () => stopping.abort(),
  };
}

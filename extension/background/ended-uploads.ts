/**
 * The attachments JSON of the uploads that were completed last, in `storage.session`: a notification may be clicked after
 * the background was stopped, and after the engine host has begun another upload.
 */
import * as v from "valibot";
import { browser } from "../shared/browser.ts";
import { makeTurns } from "../shared/in-turn.ts";

const KEY = "ended";
/** More than anybody keeps notifications of. */
const KEPT_AT_MOST = 8;

const inTurn = makeTurns();

const EndedSchema = v.array(v.strictObject({ uploadId: v.string(), attachments: v.string() }));

/** Keeps it, and forgets the oldest where there are too many. */
export function keepAttachments(uploadId: string, attachments: string): Promise<void> {
  return inTurn(async () => {
    const ended = [...(await stored()), { uploadId, attachments }].slice(-KEPT_AT_MOST);
    await browser.storage.session.set({ [KEY]: ended });
  });
}

/** The attachments JSON of that upload; `null` where it is known no more. */
export async function attachmentsOf(uploadId: string): Promise<string | null> {
  const ended = await stored();
  return ended.find((one) => one.uploadId === uploadId)?.attachments ?? null;
}

async function stored(): Promise<v.InferOutput<typeof EndedSchema>> {
  const read = v.safeParse(EndedSchema, (await browser.storage.session.get(KEY))[KEY]);
  return read.success ? read.output : [];
}

/**
 * What outlives an upload and the browser: the journal that the engine asks to be kept, and the uploads that
 * have begun and not ended.
 */
export { clearJournal } from "./clear-journal.ts";
export { type Journal, type JournalPlace, openJournal } from "./journal.ts";
export type { KnownFile } from "./journal-types.ts";
export type { UnfinishedUpload } from "./unfinished-upload.ts";
export { forgetUnfinished, listUnfinished, noteUnfinished } from "./unfinished-uploads.ts";

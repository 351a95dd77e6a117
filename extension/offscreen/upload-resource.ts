/**
 * Uploads what was chosen by the context menu: fetches it here, because here it survives every tab and the background, and
 * hands it over as a page hands over a drop.
 */
import { parse } from "content-disposition";
import { init as loadWasm, resourceName } from "deadlinejs/common";
import { askBackground } from "../shared/background-client.ts";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import { startUpload } from "../shared/intake/start-upload.ts";
import type { FoundFile, Source, ToBackground } from "../shared/messages.ts";
import { isEnded } from "../shared/upload-summary.ts";
import { UploadsClient } from "../shared/uploads-client.ts";
import { spool } from "./spool.ts";

type Failure = NonNullable<ToBackground["resource.done"]["failure"]>;

/** The server's answer is no success. */
class StatusError extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** The name of selected text. */
const SELECTION = "selection.txt";

/** Fetches and uploads; tells the background when it is done with the resource's server, and what went wrong. */
export async function uploadResource(source: Source): Promise<void> {
  await loadWasm(pageUrl(WASM_PATH));
  const uploads = new UploadsClient();
  const over = new AbortController();
  let remove = async (): Promise<void> => undefined;

  async function* items(): AsyncGenerator<FoundFile> {
    try {
      const taken = await take(source, over.signal);
      remove = taken.remove;
      // The upload goes on without the server.
      tellDone(source);
      yield { file: taken.file, relativePath: taken.file.name };
    } catch (error) {
      tellDone(source, over.signal.aborted ? undefined : failureOf(error));
      const started = await starting;
      if (!("code" in started)) uploads.cancel(started.uploadId);
      // Until then this must not seem to be a page that has gone before it was done.
      await aborted(over.signal);
    }
  }

  const roots = Promise.resolve([]);
  const starting = startUpload(uploads, { label: firstName(source), items: items(), roots });
  const started = await starting;
  if ("code" in started) {
    uploads.close();
    tellDone(source, { type: "refused", problem: started });
    return;
  }
  const letGo = (): void => {
    uploads.close();
    void remove();
  };
  uploads.onState((state) => {
    const isOurs = state.uploadId === started.uploadId;
    // The engine host has let go of a failed upload as soon as it tells of another one.
    if (!isOurs && over.signal.aborted) letGo();
    if (!isOurs || !isEnded(state)) return;
    started.stop();
    over.abort();
    // Who takes it up again reads what was fetched.
    if (state.retry !== "now") letGo();
  });
  // It may have ended before there was anybody to hear of it.
  uploads.query();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
}

/** What people call it before its server has said anything. */
function firstName(source: Source): string {
  return source.type === "text" ? SELECTION : resourceName("", source.address, "");
}

async function take(
  source: Source,
  signal: AbortSignal,
): Promise<{ file: File; remove: () => Promise<void> }> {
  if (source.type === "text") return { file: new File([source.text], SELECTION), remove: async () => {} };
  // With the person's cookies: what is chosen is what they see there, often behind a sign-in.
  const answer = await fetch(source.address, { credentials: "include", signal });
  if (!answer.ok || answer.body === null) throw new StatusError(answer.status);
  const { headers } = answer;
  const said = parse(headers.get("content-disposition") ?? "").parameters.filename ?? "";
  const name = resourceName(said, answer.url, headers.get("content-type") ?? "");
  const modified = Date.parse(headers.get("last-modified") ?? "");
  const { content, remove } = await spool(answer.body);
  const lastModified = Number.isNaN(modified) ? Date.now() : modified;
  return { file: new File([content], name, { lastModified }), remove };
}

function failureOf(error: unknown): Failure {
  if (error instanceof StatusError) return { type: "status", status: error.status };
  const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
  return { type: isFull ? "no-room" : "unreachable" };
}

function tellDone(source: Source, failure?: Failure): void {
  void askBackground("resource.done", { source, ...(failure && { failure }) });
}

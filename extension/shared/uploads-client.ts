import {
  type FileFilter,
  type FilePatterns,
  type FileWindow,
  type FromUploads,
  fromUploads,
  type ReceiptFormat,
  type Root,
  type ToUploads,
  UPLOADS_CHANNEL,
  type UploadState,
} from "./messages.ts";
import { readMessage } from "./read-message.ts";
import { isEnded } from "./upload-summary.ts";

/** What the client needs of a `BroadcastChannel`. */
export type UploadsChannel = Pick<BroadcastChannel, "postMessage" | "addEventListener" | "close">;

/** Some files of a drop, as one message carries them. */
export type FileBatch = Omit<Extract<ToUploads, { type: "intake.files" }>, "to" | "type">;

/** How long a host has to answer a question, in milliseconds; a receipt of many files takes a while. */
const ANSWER_LIMIT = 15_000;

/** A page's end of the channel to the engine host: hears upload states, hands over files, pauses, cancels. */
export class UploadsClient {
  readonly #channel: UploadsChannel;
  readonly #listeners = new Set<(message: FromUploads) => void>();

  /** Opens the channel at once; a page has one client for its whole life. */
  constructor(channel: UploadsChannel = new BroadcastChannel(UPLOADS_CHANNEL)) {
    this.#channel = channel;
    channel.addEventListener("message", (event) => {
      // Pages and engine host share the channel, so each hears also what is meant for the other.
      const message = readMessage(fromUploads, event.data);
      if (message) for (const listener of [...this.#listeners]) listener(message);
    });
  }

  /** Calls the listener with every state that an engine host announces, of any upload. */
  onState(listener: (state: UploadState) => void): void {
    this.#listeners.add((message) => {
      if (message.type === "upload.state") listener(message.state);
    });
  }

  /** Hears nothing more; for whoever does not live as long as its page. */
  close(): void {
    this.#channel.close();
  }

  /** Asks every engine host to announce its uploads now. No host, no answer. */
  query(): void {
    this.#post({ to: "host", type: "uploads.query" });
  }

  /** Tells the engine host which files belong to an upload that was not told to send yet. */
  select(uploadId: string, patterns: FilePatterns): void {
    this.#post({ to: "host", type: "upload.select", uploadId, patterns });
  }

  /** Tells the engine host to send what it holds until now. */
  send(uploadId: string): void {
    this.#post({ to: "host", type: "upload.send", uploadId });
  }

  /** Asks the engine host to send nothing of this upload until it is resumed. */
  pause(uploadId: string): void {
    this.#post({ to: "host", type: "upload.pause", uploadId });
  }

  /** Asks the engine host to go on with a paused upload. */
  resume(uploadId: string): void {
    this.#post({ to: "host", type: "upload.resume", uploadId });
  }

  /** Asks the engine host to stop this upload; its next state tells that it has. */
  cancel(uploadId: string): void {
    this.#post({ to: "host", type: "upload.cancel", uploadId });
  }

  /** Lines of the list of files. Rejects where no engine host knows the upload any more. */
  async files(
    uploadId: string,
    asked: { filter: FileFilter; from: number; count: number },
  ): Promise<FileWindow> {
    const query = crypto.randomUUID();
    const answer = this.#answer("files.rows", query);
    this.#post({ to: "host", type: "files.query", uploadId, query, ...asked });
    return (await answer).window;
  }

  /** The receipt of an upload that has ended. Rejects where no engine host knows the upload any more. */
  async receipt(uploadId: string, format: ReceiptFormat): Promise<Blob> {
    const query = crypto.randomUUID();
    const answer = this.#answer("receipt.made", query);
    this.#post({ to: "host", type: "receipt.make", uploadId, query, format });
    return (await answer).receipt;
  }

  /** Hands over handles to what was dropped. */
  giveRoots(uploadId: string, roots: Root[]): void {
    this.#post({ to: "host", type: "intake.roots", uploadId, roots });
  }

  /** Hands over one batch. Resolves when the engine host has taken it, rejects when the signal is aborted first. */
  async giveFiles(batch: FileBatch, signal: AbortSignal): Promise<void> {
    const taken = this.#heard(
      (message) =>
        message.type === "intake.taken" &&
        message.uploadId === batch.uploadId &&
        message.batch === batch.batch,
      signal,
    );
    this.#post({ to: "host", type: "intake.files", ...batch });
    await taken;
  }

  /** Tells that nothing more will come. Resolves when the engine host knows it, rejects when the signal is aborted first. */
  async endIntake(uploadId: string, signal: AbortSignal): Promise<void> {
    const known = this.#heard(
      (message) =>
        message.type === "upload.state" &&
        message.state.uploadId === uploadId &&
        (message.state.found.complete || isEnded(message.state)),
      signal,
    );
    this.#post({ to: "host", type: "intake.end", uploadId });
    await known;
  }

  #post(message: ToUploads): void {
    this.#channel.postMessage(message);
  }

  async #answer<T extends "files.rows" | "receipt.made">(
    type: T,
    query: string,
  ): Promise<Extract<FromUploads, { type: T }>> {
    const isIt = (message: FromUploads): boolean => message.type === type && message.query === query;
    const message = await this.#heard(isIt, AbortSignal.timeout(ANSWER_LIMIT));
    return message as Extract<FromUploads, { type: T }>;
  }

  #heard(wanted: (message: FromUploads) => boolean, signal: AbortSignal): Promise<FromUploads> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#listeners.delete(listener);
        signal.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        stop();
        reject(signal.reason);
      };
      const listener = (message: FromUploads): void => {
        if (!wanted(message)) return;
        stop();
        resolve(message);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener("abort", abort);
      this.#listeners.add(listener);
    });
  }
}

import type { Problem } from "./rusty_attachments_wasm.js";

/** What every function of this package throws: an error with a `code` that programs can rely on. */
export declare class AttachmentError extends Error {
  /**
   * Makes an error.
   *
   * @param message one sentence for people
   * @param code stable name of the kind of error: lower-case words joined by dashes
   * @param options `cause`: the error that led to this one
   */
  constructor(message: string, code: string, options?: ErrorOptions);
  /** Stable name of the kind of error, such as `path-dot-name`. */
  readonly code: string;
  /** Everything that went wrong in an upload, the cause first; only uploads have it. */
  readonly problems?: readonly Problem[];
}

/** A value, a path or a document breaks a rule; nothing was done with it. */
export declare class ValidationError extends AttachmentError {
  /**
   * Makes an error.
   *
   * @param message one sentence for people
   * @param code as for {@link AttachmentError}; `invalid` when it is left out
   * @param location where the fault is
   */
  constructor(message: string, code?: string, location?: ErrorLocation);
  /** Where the fault is; absent when it is the whole of an argument or a document. */
  readonly location?: ErrorLocation;
}

/** The store refused, did not answer, or does not hold what it should. */
export declare class StorageError extends AttachmentError {
  /**
   * Makes an error.
   *
   * @param message one sentence for people
   * @param code as for {@link AttachmentError}
   * @param statusCode HTTP status, where there was an answer
   * @param options `cause`: the error that led to this one
   */
  constructor(message: string, code: string, statusCode?: number, options?: ErrorOptions);
  /** HTTP status of the answer, 100 to 599; absent when none came. */
  readonly statusCode?: number;
}

/** Someone asked for an end: an `AbortSignal`, or a progress callback that returned `false`. Its code is `cancelled`. */
export declare class CancelledError extends AttachmentError {
  /**
   * Makes an error.
   *
   * @param message one sentence for people
   * @param options `cause`: the reason of the signal
   */
  constructor(message?: string, options?: ErrorOptions);
}

/** A place in a manifest or in the entries that were to become one. */
export interface ErrorLocation {
  /** The list, as a manifest names it. */
  readonly list?: "paths" | "files" | "dirs";
  /** Position in the list, from 0, in the order the entries were given. */
  readonly index?: number;
  /** The field of the entry, of the document, or the name of an argument. */
  readonly field?: string;
}

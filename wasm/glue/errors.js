/** The errors of this package. Rust throws them (`wasm/src/error.rs`), and so does the guard. */

/** See `errors.d.ts`, which documents all of these. */
export class AttachmentError extends Error {
  constructor(message, code, options) {
    super(message, options);
    this.name = "AttachmentError";
    this.code = code;
  }
}

export class ValidationError extends AttachmentError {
  constructor(message, code = "invalid", location = undefined) {
    super(message, code);
    this.name = "ValidationError";
    if (location !== undefined) this.location = location;
  }
}

export class StorageError extends AttachmentError {
  constructor(message, code, statusCode = undefined, options = undefined) {
    super(message, code, options);
    this.name = "StorageError";
    if (statusCode !== undefined) this.statusCode = statusCode;
  }
}

export class CancelledError extends AttachmentError {
  constructor(message = "The work was cancelled.", options = undefined) {
    super(message, "cancelled", options);
    this.name = "CancelledError";
  }
}

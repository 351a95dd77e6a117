//! What the driver tells the engine.

use rusty_attachments_model::ContentHash;

use crate::action::RequestId;
use crate::engine::FileId;
use crate::problem::Problem;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// No more files will be added.
    IntakeEnded,
    /// Files were being handed over when the page that did it went away.
    IntakeLost,
    /// A file was read to its end.
    Hashed {
        /// The file.
        file: FileId,
        /// Hash of all its bytes.
        hash: ContentHash,
    },
    /// A file could not be read to its end.
    HashFailed {
        /// The file.
        file: FileId,
        /// Why.
        why: ReadFailure,
    },
    /// So much of a file has been read.
    HashProgress {
        /// The file.
        file: FileId,
        /// Bytes since its beginning.
        bytes: u64,
    },
    /// So much of a request's body has left.
    SendProgress {
        /// The request.
        request: RequestId,
        /// Bytes since its beginning.
        bytes: u64,
    },
    /// The server answered.
    Answered {
        /// The request.
        request: RequestId,
        /// The answer.
        answer: Answer,
        /// For a body that is a file: what became of the file meanwhile, looked at after the answer.
        source: Result<(), ReadFailure>,
    },
    /// No answer came.
    Unanswered {
        /// The request.
        request: RequestId,
        /// As in `Answered`.
        source: Result<(), ReadFailure>,
    },
    /// The request could not be signed, so it was not sent. It is tried again if the problem is
    /// `background-unreachable`.
    Unsigned {
        /// The request.
        request: RequestId,
        /// Why.
        problem: Problem,
    },
    /// The time of `WaitUntil` has come, or nearly: if it is not due yet, it is asked for again.
    TimePassed,
    /// The person wants no more of it. Ends the upload at once, unless the manifest is on its way or
    /// may be stored already: then what became of it decides how the upload ends.
    Cancelled,
}

/// Why a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFailure {
    /// It is gone, or may not be opened.
    Unreadable,
    /// It is not the file any more that was added: its size or time of change is different.
    Changed,
}

/// An answer of S3.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Length` in bytes, where the answer has one.
    pub content_length: Option<u64>,
    /// `x-amz-bucket-region`, where the answer has one.
    pub bucket_region: Option<String>,
    /// The first kilobytes of the body; S3 explains refusals there.
    pub body: String,
}

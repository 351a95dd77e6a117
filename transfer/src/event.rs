//! What the driver tells the engine.

use rusty_attachments_model::ContentHash;

use crate::action::RequestId;
use crate::engine::FileId;
use crate::journal::Remembered;
use crate::patterns::Patterns;
use crate::problem::Problem;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// No more files will be added.
    IntakeEnded,
    /// From now on these patterns decide which files belong to the upload, those that were added before included. May
    /// come any number of times before `Begin`; without effect after it, or if nothing was held.
    Select(Patterns),
    /// Send, where the settings hold until now; files may still be added, and nothing has to be ready.
    Begin,
    /// Files were being handed over when the page that did it went away.
    IntakeLost,
    /// A range was read to its end.
    Hashed {
        /// The file.
        file: FileId,
        /// First byte of the range.
        offset: u64,
        /// Hash of all its bytes.
        hash: ContentHash,
        /// Hashes of its parts, where they were asked for.
        parts: Vec<ContentHash>,
    },
    /// A range could not be read to its end.
    HashFailed {
        /// The file.
        file: FileId,
        /// First byte of the range.
        offset: u64,
        /// Why.
        why: ReadFailure,
    },
    /// So much of a range has been read.
    HashProgress {
        /// The file.
        file: FileId,
        /// First byte of the range.
        offset: u64,
        /// Bytes since then.
        bytes: u64,
    },
    /// The file as it is now; it will be read anew.
    Refreshed {
        /// The file.
        file: FileId,
        /// Bytes.
        size: u64,
        /// Last change, in milliseconds since 1970.
        modified: i64,
    },
    /// No fresh look at the file can be had.
    RefreshFailed {
        /// The file.
        file: FileId,
        /// What to say of it.
        why: ReadFailure,
    },
    /// What the journal knows, an entry for each content that was asked for.
    LookedUp {
        /// This computer's time, in milliseconds since 1970.
        wall: u64,
        /// In any order.
        contents: Vec<Remembered>,
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
        /// For a body of a file: what became of the file meanwhile, looked at after the answer.
        source: Result<(), ReadFailure>,
    },
    /// No answer came, or the request was not sent because its bytes are not the expected ones.
    Unanswered {
        /// The request.
        request: RequestId,
        /// As in `Answered`.
        source: Result<(), ReadFailure>,
    },
    /// The request could not be signed, so it was not sent. `background-unreachable` is tried again,
    /// missing and expired credentials are asked for, everything else ends the upload.
    Unsigned {
        /// The request.
        request: RequestId,
        /// Why.
        problem: Problem,
    },
    /// There are new credentials: go on.
    CredentialsRenewed,
    /// There will be no new credentials.
    CredentialsRefused(Problem),
    /// The time of `WaitUntil` has come, or nearly: if it is not due yet, it is asked for again.
    TimePassed,
    /// Send nothing until `Resumed`. What is under way is taken back, except a manifest.
    Paused,
    /// Go on.
    Resumed,
    /// The person wants no more of it. Ends the upload at once, unless the manifest is on its way or
    /// may be stored already: then what became of it decides how the upload ends. Multipart uploads
    /// that were begun are given up; that is all that is sent any more.
    Cancelled,
    /// The person wants a failed upload to be taken up again, see [`Engine::retry`](crate::Engine::retry):
    /// the files that failed are looked at anew, so the driver still has to have them. The manifest's text
    /// begins anew as well. Without effect where it cannot be taken up.
    RetryFailed,
}

/// Why a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFailure {
    /// It is gone, or may not be opened.
    Unreadable,
    /// It is not the file any more that was added: its size, its time of change or its bytes are
    /// different.
    Changed,
}

/// An answer of S3.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Lower-case names, and values; at least those of [`ANSWER_HEADERS`](crate::ANSWER_HEADERS)
    /// that the answer has.
    pub headers: Vec<(String, String)>,
    /// The first kilobytes of the body: S3 explains refusals there, and lists uploads and parts.
    pub body: String,
    /// This computer's time when the answer came, in milliseconds since 1970.
    pub wall: u64,
}

/// The headers of an answer that the engine looks at.
pub const ANSWER_HEADERS: [&str; 7] = [
    "content-length",
    "content-type",
    "date",
    "etag",
    "retry-after",
    "x-amz-bucket-region",
    "x-amz-checksum-xxhash128",
];

/// How much of an answer's body the engine wants, in bytes: a list of 1,000 parts has less.
pub const ANSWER_BODY_BYTES: usize = 1 << 20;

impl Answer {
    /// The value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

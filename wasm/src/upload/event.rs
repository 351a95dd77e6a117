//! What the driver tells the engine.

use rusty_attachments_transfer as transfer;
use serde::Deserialize;
use transfer::{FileId, RequestId};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::patterns;
use super::problem::Problem;
use super::record::Remembered;
use super::{hash, hashes};
use crate::headers::Headers;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"
/** The headers of an answer that the engine looks at, in lower case. */
export type AnswerHeader =
    | 'content-length' | 'content-type' | 'date' | 'etag' | 'retry-after' | 'x-amz-bucket-region'
    | 'x-amz-checksum-xxhash128';
";

/// Why a file could not be read.
#[derive(Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum ReadFailure {
    /// Gone, or not to be opened.
    Unreadable,
    /// Its size, its time of change or its bytes are not what they were.
    Changed,
}

/// Something that happened. Offsets and sizes are bytes; hashes are 32 lower-case hex digits.
#[derive(Deserialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[tsify(large_number_types_as_bigints)]
pub enum EngineEvent {
    /// No more files will be added.
    IntakeEnded,
    /// From now on these patterns decide which files belong to the upload; without effect once it has begun.
    Select {
        /// Without any, all files are included.
        include: Vec<String>,
        /// Has the last word.
        exclude: Vec<String>,
    },
    /// Send, where the settings hold until now.
    Begin,
    /// The page that added files went away before it was done.
    IntakeLost,
    /// A range was read.
    Hashed {
        /// Number of the file.
        file: u32,
        /// First byte of the range.
        offset: u64,
        /// Of all its bytes.
        hash: String,
        /// Of its parts, where they were asked for.
        #[tsify(optional)]
        parts: Option<Vec<String>>,
    },
    /// A range could not be read to its end.
    HashFailed {
        /// Number of the file.
        file: u32,
        /// First byte of the range.
        offset: u64,
        /// Why.
        why: ReadFailure,
    },
    /// So many bytes of a range have been read.
    HashProgress {
        /// Number of the file.
        file: u32,
        /// First byte of the range.
        offset: u64,
        /// Bytes since then.
        bytes: u64,
    },
    /// The file as it is now.
    Refreshed {
        /// Number of the file.
        file: u32,
        /// Bytes.
        size: u64,
        /// Milliseconds since 1970.
        modified: i64,
    },
    /// No fresh look at the file can be had.
    RefreshFailed {
        /// Number of the file.
        file: u32,
        /// What to say of it.
        why: ReadFailure,
    },
    /// What the journal knows, an entry for each content that was asked for.
    LookedUp {
        /// `Date.now()`.
        wall: u64,
        /// In any order.
        contents: Vec<Remembered>,
    },
    /// So many bytes of a body have left.
    SendProgress {
        /// Its number.
        request: u32,
        /// Bytes since the beginning of the body.
        bytes: u64,
    },
    /// The server answered. `source`: what became of the file that was sent, if any.
    Answered {
        /// Its number.
        request: u32,
        /// HTTP status.
        status: u16,
        /// Lower-case names, and values; at least each `AnswerHeader` that there is.
        #[tsify(type = "{ readonly [name in AnswerHeader]?: string }")]
        headers: Headers,
        /// At most the first MiB of the body, as text.
        body: String,
        /// `Date.now()` when it came.
        wall: u64,
        /// What became of the file that was sent.
        #[tsify(optional)]
        source: Option<ReadFailure>,
    },
    /// No answer came, or the request was not sent because its bytes are not the expected ones.
    Unanswered {
        /// Its number.
        request: u32,
        /// What became of the file that was sent.
        #[tsify(optional)]
        source: Option<ReadFailure>,
    },
    /// The request could not be signed.
    Unsigned {
        /// Its number.
        request: u32,
        /// Why.
        problem: Problem,
    },
    /// There are new credentials.
    CredentialsRenewed,
    /// There will be no new credentials.
    CredentialsRefused {
        /// Why.
        problem: Problem,
    },
    /// The clock moved on.
    TimePassed,
    /// Send nothing until `resumed`.
    Paused,
    /// Go on.
    Resumed,
    /// The person wants no more of it.
    Cancelled,
    /// A failed upload is taken up again; the files that failed still have to be at hand.
    RetryFailed,
}

impl EngineEvent {
    pub(super) fn into_transfer(self) -> Result<transfer::Event, JsValue> {
        use transfer::Event as E;
        Ok(match self {
            Self::IntakeEnded => E::IntakeEnded,
            Self::Select { include, exclude } => E::Select(patterns::parse(&include, &exclude)?),
            Self::Begin => E::Begin,
            Self::IntakeLost => E::IntakeLost,
            Self::Hashed {
                file,
                offset,
                hash: text,
                parts,
            } => E::Hashed {
                file: FileId(file),
                offset,
                hash: hash(&text)?,
                parts: hashes(&parts.unwrap_or_default())?,
            },
            Self::HashFailed { file, offset, why } => E::HashFailed {
                file: FileId(file),
                offset,
                why: why.into(),
            },
            Self::HashProgress {
                file,
                offset,
                bytes,
            } => E::HashProgress {
                file: FileId(file),
                offset,
                bytes,
            },
            Self::Refreshed {
                file,
                size,
                modified,
            } => E::Refreshed {
                file: FileId(file),
                size,
                modified,
            },
            Self::RefreshFailed { file, why } => E::RefreshFailed {
                file: FileId(file),
                why: why.into(),
            },
            Self::LookedUp { wall, contents } => E::LookedUp {
                wall,
                contents: contents
                    .into_iter()
                    .map(Remembered::into_transfer)
                    .collect::<Result<_, _>>()?,
            },
            Self::SendProgress { request, bytes } => E::SendProgress {
                request: RequestId(request),
                bytes,
            },
            Self::Answered {
                request,
                status,
                headers,
                body,
                wall,
                source,
            } => E::Answered {
                request: RequestId(request),
                answer: transfer::Answer {
                    status,
                    headers: headers.0,
                    body,
                    wall,
                },
                source: source_state(source),
            },
            Self::Unanswered { request, source } => E::Unanswered {
                request: RequestId(request),
                source: source_state(source),
            },
            Self::Unsigned { request, problem } => E::Unsigned {
                request: RequestId(request),
                problem: problem.into(),
            },
            Self::CredentialsRenewed => E::CredentialsRenewed,
            Self::CredentialsRefused { problem } => E::CredentialsRefused(problem.into()),
            Self::TimePassed => E::TimePassed,
            Self::Paused => E::Paused,
            Self::Resumed => E::Resumed,
            Self::Cancelled => E::Cancelled,
            Self::RetryFailed => E::RetryFailed,
        })
    }
}

fn source_state(failure: Option<ReadFailure>) -> Result<(), transfer::ReadFailure> {
    failure.map_or(Ok(()), |why| Err(why.into()))
}

impl From<ReadFailure> for transfer::ReadFailure {
    fn from(why: ReadFailure) -> Self {
        match why {
            ReadFailure::Unreadable => Self::Unreadable,
            ReadFailure::Changed => Self::Changed,
        }
    }
}

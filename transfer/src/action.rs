//! What the engine asks its driver to do.

use rusty_attachments_model::ContentHash;

use crate::engine::FileId;
use crate::journal::Record;
use crate::problem::Problem;

/// Names one request until it is answered; never used twice in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// Something to do now. The driver reports what came of it by an [`Event`](crate::Event).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Read these ranges and hash each; report every one by `Hashed` or `HashFailed`.
    ///
    /// One hash lane is taken until the last of them is reported.
    Hash {
        /// One large range, or many small files that are worth one reading.
        ranges: Vec<HashRange>,
    },
    /// Take a fresh look at a file that is not the one any more that was added; report by
    /// `Refreshed` or `RefreshFailed`.
    Refresh(FileId),
    /// These files will not be read any more: let go of them.
    Release(Vec<FileId>),
    /// Have the request signed and send it; report by `Answered`, `Unanswered` or `Unsigned`.
    Send(Request),
    /// Give up this request; a late report of it is ignored.
    AbortRequest(RequestId),
    /// Give up all readings that are under way; no report is wanted.
    StopReading,
    /// Give up everything that is still under way; no report is wanted.
    Abort,
    /// Forget the manifest that was kept: the pieces that follow are those of another one.
    BeginManifest,
    /// Keep this text, which is ASCII, behind what was kept before it: it is a piece of the manifest.
    AppendManifest(String),
    /// Look up in the journal what is known about these contents, in the store that this upload goes
    /// to; report by `LookedUp`.
    LookUp(Vec<ContentHash>),
    /// Write this into the journal. Nothing waits for it.
    Remember(Vec<Record>),
    /// Ask for new credentials; report by `CredentialsRenewed` or `CredentialsRefused`. Meanwhile
    /// nothing leaves.
    NeedCredentials(Problem),
    /// Show [`Engine::progress`](crate::Engine::progress); comes at most ten times a second.
    Report,
    /// Report `TimePassed` at this time, in milliseconds of the clock that events carry. Takes the
    /// place of an earlier such wish.
    WaitUntil(u64),
}

/// A part of a file that gets one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashRange {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// Besides the hash of the range, the hash of each part of so many bytes is wanted (the last one
    /// may be shorter): they become the checksums of a multipart upload.
    pub part_size: Option<u64>,
}

/// An S3 request, not yet signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Name in the reports.
    pub id: RequestId,
    /// What to do.
    pub method: Method,
    /// Full key of the object; empty for a question about the bucket.
    pub key: String,
    /// Names and values of the query, not encoded; sorted by name.
    pub query: Vec<(&'static str, String)>,
    /// Lower-case names, and values.
    pub headers: Vec<(&'static str, String)>,
    /// What to send.
    pub body: Body,
    /// Which of the store's equivalent addresses to use, from 0.
    pub host: u8,
    /// Milliseconds to add to this computer's time when the request is signed.
    pub clock_offset: i64,
}

/// The methods that an upload needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Is the object there, and how large is it?
    Head,
    /// Lists of uploads and parts, and to learn why a HEAD was refused: its answers have no body.
    Get,
    /// Write an object or a part.
    Put,
    /// Begin or complete a multipart upload.
    Post,
    /// Give up a multipart upload.
    Delete,
}

impl Method {
    /// The word in the request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }

    /// Reads the word in a request.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Head, Self::Get, Self::Put, Self::Post, Self::Delete]
            .into_iter()
            .find(|method| method.as_str() == text)
    }
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    None,
    /// Bytes of a file.
    Range {
        /// The file.
        file: FileId,
        /// First byte.
        offset: u64,
        /// Bytes.
        length: u64,
        /// Where set, the server does not check what it gets: read the bytes, hash them, and send
        /// just these bytes only if this is their hash; otherwise report `Unanswered` with the source
        /// changed.
        expect: Option<ContentHash>,
    },
    /// This text as UTF-8.
    Text(String),
    /// All pieces of `AppendManifest` since `BeginManifest`, joined.
    Manifest,
}

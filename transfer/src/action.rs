//! What the engine asks its driver to do.

use crate::engine::FileId;

/// Names one request until it is answered; never used twice in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// Something to do now. The driver reports what came of it by an [`Event`](crate::Event).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Read these files whole and hash each; report every one by `Hashed` or `HashFailed`.
    ///
    /// One hash lane is taken until the last of them is reported.
    Hash {
        /// One large file, or many small ones that are worth one reading.
        files: Vec<FileId>,
    },
    /// Have the request signed and send it; report by `Answered` or `Unanswered`.
    Send(Request),
    /// Give up this request: no answer came in time. A late report of it is ignored.
    AbortRequest(RequestId),
    /// Give up everything that is under way; no report is wanted.
    Abort,
    /// Report `TimePassed` at this time, in milliseconds of the clock that events carry. Takes the
    /// place of an earlier such wish.
    WaitUntil(u64),
}

/// An S3 request, not yet signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Name in the reports.
    pub id: RequestId,
    /// What to do with the object.
    pub method: Method,
    /// Full key of the object.
    pub key: String,
    /// Lower-case names, and values.
    pub headers: Vec<(&'static str, String)>,
    /// What to send.
    pub body: Body,
}

/// The methods that an upload needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Is the object there, and how large is it?
    Head,
    /// Only to learn why a HEAD was refused: its answers have no body.
    Get,
    /// Write the object.
    Put,
}

impl Method {
    /// The word in the request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Put => "PUT",
        }
    }

    /// Reads the word in a request.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "HEAD" => Some(Self::Head),
            "GET" => Some(Self::Get),
            "PUT" => Some(Self::Put),
            _ => None,
        }
    }
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    None,
    /// All bytes of this file.
    File(FileId),
    /// This text as UTF-8.
    Text(String),
}

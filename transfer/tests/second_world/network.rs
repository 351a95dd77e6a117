//! What may become of a request on its way, besides what the server makes of it.

use rusty_attachments_transfer::{Answer, Method, Request};

use crate::server::{error, query, status};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Check,
    Explain,
    Put,
    Create,
    Part,
    Complete,
    Abort,
    ListParts,
    ListUploads,
    Manifest,
    FindManifest,
}

impl Kind {
    pub(crate) fn of(request: &Request) -> Self {
        let is_manifest = request.key.contains("/Manifests/");
        let upload = query(request, "uploadId").is_some();
        match request.method {
            Method::Head if is_manifest => Self::FindManifest,
            Method::Head => Self::Check,
            Method::Put if is_manifest => Self::Manifest,
            Method::Put if upload => Self::Part,
            Method::Put => Self::Put,
            Method::Post if upload => Self::Complete,
            Method::Post => Self::Create,
            Method::Delete => Self::Abort,
            Method::Get if upload => Self::ListParts,
            Method::Get if query(request, "uploads").is_some() => Self::ListUploads,
            Method::Get => Self::Explain,
        }
    }
}

/// How `Retry-After` is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RetryAfter {
    Seconds(u32),
    /// A date so many seconds later.
    Date(u32),
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The background does not answer, so nothing is signed.
    Unsigned,
    Refused,
    /// After so many thousandths of the body.
    Reset(u16),
    /// After so many thousandths of the body, for ever.
    Stall(u16),
    /// Eight times as slow.
    Slow,
    /// Carried out, and the connection ends.
    ReplyLost,
    /// Carried out, and nothing is heard.
    ReplyStalls,
    /// A login page of the network answers.
    Portal(u16),
    /// The server answers so without doing anything.
    Refusal(u16, Option<&'static str>, Option<RetryAfter>),
    /// The server answers so after it has done it.
    RefusalAfterCommit(u16),
    /// Status 200, and an error in the body.
    OkWithError(&'static str),
    /// Carried out, and the answer's body is cut.
    CutReply,
    /// The bytes are others when they arrive.
    Corrupted,
}

/// Answers of S3 that say that the same request may succeed later.
pub(crate) const PASSING: [Fault; 14] = [
    Fault::Refusal(400, Some("RequestTimeout"), None),
    Fault::Refusal(408, None, None),
    Fault::Refusal(409, Some("ConditionalRequestConflict"), None),
    Fault::Refusal(409, Some("OperationAborted"), None),
    Fault::Refusal(429, None, None),
    Fault::Refusal(429, None, Some(RetryAfter::Seconds(2))),
    Fault::Refusal(500, Some("InternalError"), None),
    Fault::Refusal(500, None, None),
    Fault::Refusal(502, None, None),
    Fault::Refusal(503, Some("SlowDown"), None),
    Fault::Refusal(503, Some("SlowDown"), Some(RetryAfter::Seconds(5))),
    Fault::Refusal(503, Some("ServiceUnavailable"), Some(RetryAfter::Date(7))),
    Fault::Refusal(503, None, None),
    Fault::Refusal(504, None, None),
];

/// Troubles of the network.
pub(crate) const NETWORK: [Fault; 16] = [
    Fault::Unsigned,
    Fault::Refused,
    Fault::Reset(0),
    Fault::Reset(1),
    Fault::Reset(500),
    Fault::Reset(999),
    Fault::Stall(0),
    Fault::Stall(400),
    Fault::Slow,
    Fault::ReplyLost,
    Fault::ReplyLost,
    Fault::ReplyStalls,
    Fault::Portal(200),
    Fault::Portal(403),
    Fault::RefusalAfterCommit(500),
    Fault::RefusalAfterCommit(503),
];

/// Answers that are wrong although the server works.
pub(crate) const ODD: [Fault; 8] = [
    Fault::Refusal(400, Some("BadDigest"), None),
    Fault::Refusal(400, Some("ExpiredToken"), None),
    Fault::Refusal(412, Some("PreconditionFailed"), None),
    Fault::Refusal(404, Some("NoSuchUpload"), None),
    Fault::OkWithError("InternalError"),
    Fault::OkWithError("SlowDown"),
    Fault::CutReply,
    Fault::Corrupted,
];

/// Answers that no retry mends.
pub(crate) const PERMANENT: [Fault; 12] = [
    Fault::Refusal(301, Some("PermanentRedirect"), None),
    Fault::Refusal(301, None, None),
    Fault::Refusal(307, Some("TemporaryRedirect"), None),
    Fault::Refusal(400, Some("AuthorizationHeaderMalformed"), None),
    Fault::Refusal(403, Some("AccessDenied"), None),
    Fault::Refusal(403, None, None),
    Fault::Refusal(403, Some("SignatureDoesNotMatch"), None),
    Fault::Refusal(403, Some("InvalidAccessKeyId"), None),
    Fault::Refusal(400, Some("InvalidToken"), None),
    Fault::Refusal(404, Some("NoSuchBucket"), None),
    Fault::Refusal(501, Some("NotImplemented"), None),
    Fault::Refusal(400, Some("InvalidRequest"), None),
];

/// Whether this answer, seen by the engine, is one that no retry mends.
pub(crate) fn is_permanent(answer: &Answer) -> bool {
    let code = answer
        .body
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"));
    let code = code.map(|(code, _)| code);
    match (answer.status, code) {
        (
            _,
            Some("AccessDenied" | "SignatureDoesNotMatch" | "InvalidAccessKeyId" | "InvalidToken"),
        )
        | (
            _,
            Some(
                "NoSuchBucket"
                | "PermanentRedirect"
                | "TemporaryRedirect"
                | "AuthorizationHeaderMalformed",
            ),
        ) => true,
        (301 | 307, None) => true,
        (403, None) => !answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html")),
        _ => false,
    }
}

impl Fault {
    /// Whether the server never hears of the request.
    pub(crate) fn is_before_server(self) -> bool {
        matches!(
            self,
            Self::Portal(_) | Self::Refusal(..) | Self::OkWithError(_)
        )
    }

    /// What is answered instead of what the server says.
    pub(crate) fn answer(self, method: Method, server_time: u64) -> Answer {
        let mut answer = match self {
            Self::Portal(code) => Answer {
                headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
                body: "<html><head><title>Hotel</title></head><body><p>Log in<br></body></html>"
                    .into(),
                ..status(code)
            },
            Self::Refusal(code, name, retry_after) => {
                let mut answer = name.map_or_else(|| status(code), |name| error(code, name));
                let wait = retry_after.map(|wait| match wait {
                    RetryAfter::Seconds(seconds) => seconds.to_string(),
                    RetryAfter::Date(seconds) => {
                        crate::server::http_date(server_time + u64::from(seconds) * 1_000)
                    }
                });
                answer
                    .headers
                    .extend(wait.map(|wait| ("retry-after".to_owned(), wait)));
                if code == 301 {
                    answer
                        .headers
                        .push(("x-amz-bucket-region".into(), "eu-west-2".into()));
                }
                answer
            }
            Self::RefusalAfterCommit(code) => error(code, "InternalError"),
            Self::OkWithError(name) => error(200, name),
            _ => status(200),
        };
        if !matches!(self, Self::Portal(_)) {
            answer
                .headers
                .push(("date".into(), crate::server::http_date(server_time)));
        }
        if method == Method::Head {
            answer.body.clear();
        }
        answer
    }
}

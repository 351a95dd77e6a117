//! What can befall a request.

use std::collections::BTreeMap;

use rusty_attachments_transfer::{Body, Method, Request};

use crate::random::Random;
use crate::server::{header, query};

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection.
    Refused,
    /// The connection is cut after so many thousandths of the body.
    Reset(u64),
    /// After so many thousandths of the body nothing happens any more.
    Stall(u64),
    /// The request is carried out, and nothing is heard of it.
    Silence,
    /// Ten times as long.
    Slow,
    /// Carried out, but the connection is cut before the answer.
    ReplyLost,
    /// Something else answers: a login page with this status.
    Portal(u16),
    /// The server answers this instead, carrying out the request or not.
    Says {
        status: u16,
        code: Option<&'static str>,
        retry_after: Option<RetryAfter>,
        is_done: bool,
    },
    /// The answer's body ends in the middle.
    CutReply,
    /// Status 200 and an error in the body, carried out or not.
    ErrorIn200 { is_done: bool },
    /// The background that signs does not answer.
    Unsigned,
}

/// How a server asks for time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    Seconds(u64),
    Date(u64),
}

/// Which kinds of faults a run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Connections that fail.
    Network,
    /// Requests that hang, or take long.
    Slowness,
    /// Answers that do not come although the work is done.
    LostReplies,
    /// A login page.
    Portal,
    /// A server that is busy or broken for a moment.
    Busy,
    /// Answers about bytes and conditions.
    Bytes,
    /// Requests that cannot be signed.
    Signing,
    /// Answers that are wrong in a way that no retry mends: not transient.
    Wrong,
}

/// All families of transient faults.
pub(crate) const TRANSIENT: [Family; 7] = [
    Family::Network,
    Family::Slowness,
    Family::LostReplies,
    Family::Portal,
    Family::Busy,
    Family::Bytes,
    Family::Signing,
];

/// What has to happen in every share of the seeds.
pub(crate) const MATRIX: [&str; 60] = [
    "200 with an error",
    "200 without anything",
    "400 BadDigest",
    "400 ExpiredToken",
    "400 IncompleteBody",
    "400 InvalidPart",
    "400 InvalidRequest",
    "400 RequestTimeout",
    "404",
    "404 NoSuchUpload",
    "408",
    "409",
    "412",
    "429",
    "500",
    "501",
    "502",
    "503",
    "503 SlowDown",
    "504",
    "AccessDenied",
    "InvalidAccessKeyId",
    "NoSuchBucket",
    "PermanentRedirect",
    "SignatureDoesNotMatch",
    "TemporaryRedirect",
    "another uploader aborts uploads",
    "another uploader opens an upload",
    "another uploader writes",
    "background unreachable",
    "cancel",
    "captive portal",
    "clock off",
    "crash",
    "credentials refused",
    "credentials renewed",
    "file changed",
    "file changed with the same size and time",
    "file deleted",
    "file grown",
    "file truncated",
    "file unreadable",
    "files chosen",
    "held and begun",
    "journal lost",
    "object deleted in between",
    "object empty beforehand",
    "object truncated beforehand",
    "object wrong beforehand",
    "offline",
    "pause",
    "refused",
    "reply lost after commit",
    "reset",
    "retry-after",
    "silence after commit",
    "slow",
    "speed remembered",
    "stall",
    "truncated xml",
];

/// Faults that one request may have before it goes well.
const MOST_FOR_ONE: u32 = 3;

/// The dice for requests.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    pub(crate) families: Vec<Family>,
    /// How many requests of a hundred have one.
    pub(crate) percent: u64,
    /// No more after this time, in milliseconds.
    pub(crate) until: u64,
    /// The server compares checksums.
    pub(crate) server_verifies: bool,
    by_target: BTreeMap<String, u32>,
    /// Faults that look as if a file had changed.
    blamed_on_files: u32,
    hung: u32,
    expired: u32,
    /// Number of each kind that happened.
    pub(crate) happened: BTreeMap<&'static str, u64>,
}

/// What a request is about: its tries have the same target.
pub(crate) fn target(request: &Request) -> String {
    let part = query(request, "partNumber").unwrap_or_default();
    let kind = match (query(request, "uploadId"), query(request, "uploads")) {
        (Some(_), _) => "of an upload",
        (None, Some(_)) => "uploads",
        (None, None) => "",
    };
    let (method, key) = (request.method.as_str(), &request.key);
    format!("{method} {key} {kind} {part}")
}

impl Faults {
    pub(crate) fn new(families: Vec<Family>, percent: u64, until: u64) -> Self {
        Self {
            families,
            percent,
            until,
            server_verifies: true,
            by_target: BTreeMap::new(),
            blamed_on_files: 0,
            hung: 0,
            expired: 0,
            happened: BTreeMap::new(),
        }
    }

    pub(crate) fn count(&mut self, name: &'static str) {
        *self.happened.entry(name).or_default() += 1;
    }

    /// What befalls this request, if anything.
    pub(crate) fn draw(
        &mut self,
        random: &mut Random,
        now: u64,
        request: &Request,
    ) -> Option<Fault> {
        // There are few of them, and much can go wrong.
        let joins = request.method == Method::Post && query(request, "uploadId").is_some();
        let percent = if joins { 80 } else { self.percent };
        if self.families.is_empty() || now > self.until || !random.chance(percent) {
            return None;
        }
        let family = random.pick(&self.families);
        let fault = self.of_family(random, family, request)?;
        let faults = self.by_target.entry(target(request)).or_default();
        if *faults >= MOST_FOR_ONE {
            return None;
        }
        *faults += 1;
        Some(fault)
    }

    fn of_family(
        &mut self,
        random: &mut Random,
        family: Family,
        request: &Request,
    ) -> Option<Fault> {
        let says = |status, code| Fault::Says {
            status,
            code,
            retry_after: None,
            is_done: false,
        };
        let is_complete = request.method == Method::Post && query(request, "uploadId").is_some();
        let sends_file = matches!(request.body, Body::Range { .. });
        let writes = request.method == Method::Put || is_complete;
        Some(match family {
            Family::Network if random.chance(50) => self.note("refused", Fault::Refused),
            Family::Network => self.note("reset", Fault::Reset(random.between(0, 1_000))),
            Family::Slowness if random.chance(70) => self.note("slow", Fault::Slow),
            Family::Slowness => {
                // S3 may take five minutes to join parts, so that is how long it takes to notice.
                if self.hung >= 2 {
                    return None;
                }
                self.hung += if is_complete { 2 } else { 1 };
                if random.chance(50) {
                    self.note("stall", Fault::Stall(random.between(0, 1_000)))
                } else {
                    self.note("silence after commit", Fault::Silence)
                }
            }
            Family::LostReplies if random.chance(60) => {
                self.note("reply lost after commit", Fault::ReplyLost)
            }
            Family::LostReplies => self.note("truncated xml", Fault::CutReply),
            Family::Portal => {
                let status = random.pick(&[200, 200, 403, 511]);
                self.note("captive portal", Fault::Portal(status))
            }
            Family::Busy => self.busy(random, is_complete),
            Family::Bytes => {
                let conflict = [("409", 409, Some("ConditionalRequestConflict"))];
                let expired = [("400 ExpiredToken", 400, Some("ExpiredToken"))];
                let digest = [("400 BadDigest", 400, Some("BadDigest"))];
                let short = [("400 IncompleteBody", 400, Some("IncompleteBody"))];
                let mut of: Vec<(&'static str, u16, Option<&'static str>)> = Vec::new();
                if writes {
                    of.extend(conflict);
                }
                if self.expired < 2 {
                    of.extend(expired);
                }
                if sends_file && self.blamed_on_files < 2 {
                    of.extend(short);
                    if self.server_verifies && header(request, "x-amz-checksum-xxhash128").is_some()
                    {
                        of.extend(digest);
                    }
                }
                if of.is_empty() {
                    return None;
                }
                let (name, status, code) = random.pick(&of);
                self.blamed_on_files +=
                    u32::from(name.ends_with("Digest") || name.ends_with("Body"));
                self.expired += u32::from(name.ends_with("Token"));
                self.note(name, says(status, code))
            }
            Family::Signing => self.note("background unreachable", Fault::Unsigned),
            Family::Wrong => {
                let (name, status, code) = random.pick(&[
                    ("501", 501, Some("NotImplemented")),
                    ("400 InvalidRequest", 400, Some("InvalidRequest")),
                    ("404", 404, None),
                    ("404 NoSuchUpload", 404, Some("NoSuchUpload")),
                    ("412", 412, Some("PreconditionFailed")),
                    ("400 InvalidPart", 400, Some("InvalidPart")),
                    ("200 without anything", 200, None),
                ]);
                self.note(name, says(status, code))
            }
        })
    }

    fn busy(&mut self, random: &mut Random, is_complete: bool) -> Fault {
        if is_complete && random.chance(70) {
            let is_done = random.chance(30);
            return self.note("200 with an error", Fault::ErrorIn200 { is_done });
        }
        let (name, status, code) = random.pick(&[
            ("408", 408, None),
            ("429", 429, None),
            ("400 RequestTimeout", 400, Some("RequestTimeout")),
            ("500", 500, Some("InternalError")),
            ("500", 500, None),
            ("502", 502, None),
            ("503 SlowDown", 503, Some("SlowDown")),
            ("503", 503, None),
            ("504", 504, None),
        ]);
        let seconds = random.between(0, 20);
        let retry_after = match random.between(0, 3) {
            0 if status == 503 || status == 429 => Some(RetryAfter::Seconds(seconds)),
            1 if status == 503 => Some(RetryAfter::Date(seconds)),
            _ => None,
        };
        if retry_after.is_some() {
            self.count("retry-after");
        }
        let fault = Fault::Says {
            status,
            code,
            retry_after,
            is_done: matches!(status, 500 | 502 | 504) && random.chance(30),
        };
        self.note(name, fault)
    }

    fn note(&mut self, name: &'static str, fault: Fault) -> Fault {
        self.count(name);
        fault
    }
}

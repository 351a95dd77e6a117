//! What must hold in every run, whatever happens. [`Watch`] sees what goes into the engine and what comes
//! out of it; [`judge_manifest`] and [`judge_end`] look at what is left behind.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rusty_attachments_model::manifest::v2025_12_04_beta::Content;
use rusty_attachments_model::manifest::{EntryHash, Manifest};
use rusty_attachments_model::s3_layout::S3Layout;
use rusty_attachments_transfer::{
    Action, Body, Engine, Event, FileId, Limits, Outcome, Problem, Progress, Request, RequestId,
    Verification,
};

use crate::bytes::Bytes;
use crate::network::{Kind, is_permanent};
use crate::server::{Object, OfChecksums, Server, Writer, query};

/// A rule that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Broken {
    /// An object whose bytes are not those of its key.
    WrongObject,
    /// A manifest that names what the store does not hold, or not rightly.
    ManifestNamesMissing,
    /// A manifest that is not a list of just the files.
    ManifestDiffersFromFiles,
    /// What the outcome says of the manifest is not so.
    ManifestDiffersFromSummary,
    /// A manifest is stored, and the outcome says that there is none.
    ManifestUntold,
    /// A file that is neither stored nor reported.
    FileWithoutFate,
    /// A problem without a code, a sentence or a next step; or a failure without a problem.
    BadProblem,
    /// The server is said to have compared what it does not compare.
    FalseVerification,
    RequestAfterCancel,
    /// Something goes on after the person cancelled.
    NotQuiet,
    /// The outcome came long after the person cancelled.
    SlowCancel,
    SentWhilePaused,
    ReadWhilePaused,
    SentWithoutCredentials,
    TooManyRequests,
    TooManyRequestsToHost,
    TooManyBytes,
    TooManyLanes,
    ProgressFell,
    ProgressOverTotal,
    TooManyReports,
    PermanentRetried,
    TooManyTries,
    /// Nothing is under way, nothing is awaited, and there is no outcome.
    Stuck,
    TooLong,
    /// All troubles passed, and the upload is not complete.
    NotComplete,
    UploadLeftOpen,
    /// An upload of a run that was killed is still open after the next one.
    LeftoverOfCrash,
    /// A second run sent what the first one knew to be stored.
    SentAgainAfterCrash,
    /// The same events, and other actions.
    NotReplayable,
    /// A file is read that the driver was told to let go of.
    ReadAfterRelease,
    NameUsedTwice,
    ActionAfterEnd,
    Panic,
}

/// A broken rule, and how it was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) broken: Broken,
    pub(crate) how: String,
}

/// How often the same request may be answered, at most: tries, beginnings anew, fresh looks at files.
const MOST_ANSWERS: u32 = 100;
/// Browsers open so many connections to a host.
const MOST_TO_HOST: usize = 6;
/// The person has cancelled, and no manifest was on its way: in milliseconds, until the outcome.
const CANCEL_TAKES: u64 = 3_100;

#[derive(Debug)]
struct Flight {
    kind: Kind,
    host: u8,
    /// Bytes of a file.
    length: u64,
    name: RequestName,
    upload: Option<String>,
}

/// What is asked, without what only names the try.
type RequestName = (Kind, String, String);

/// An object, or a part of one by its number.
pub(crate) type Unit = (String, Option<String>);

/// Sees all actions and events of one engine.
#[derive(Debug)]
pub(crate) struct Watch {
    limits: Limits,
    pub(crate) violations: Vec<Violation>,
    flights: BTreeMap<RequestId, Flight>,
    last_request: Option<RequestId>,
    readings: Vec<BTreeSet<(FileId, u64)>>,
    released: BTreeSet<FileId>,
    is_paused: bool,
    cancelled_at: Option<u64>,
    manifest_was_sent: bool,
    pub(crate) needs_credentials: bool,
    credentials_are_refused: bool,
    is_ending: bool,
    is_over: bool,
    answers: BTreeMap<RequestName, u32>,
    permanent: BTreeSet<RequestName>,
    reports: VecDeque<u64>,
    progress: Option<Progress>,
    /// Uploads whose names the engine has heard.
    pub(crate) opened: BTreeSet<String>,
    aborts: BTreeSet<String>,
    /// Requests in a row that nobody answered.
    pub(crate) unanswered: u32,
    /// What the server has confirmed to the engine.
    pub(crate) confirmed: BTreeSet<Unit>,
    /// What an earlier run knew to be stored.
    pub(crate) confirmed_before: BTreeSet<Unit>,
    sent_again: Vec<Unit>,
    pub(crate) requests: u64,
    /// The server has answered once.
    pub(crate) was_answered: bool,
}

impl Watch {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            violations: Vec::new(),
            flights: BTreeMap::new(),
            last_request: None,
            readings: Vec::new(),
            released: BTreeSet::new(),
            is_paused: false,
            cancelled_at: None,
            manifest_was_sent: false,
            needs_credentials: false,
            credentials_are_refused: false,
            is_ending: false,
            is_over: false,
            answers: BTreeMap::new(),
            permanent: BTreeSet::new(),
            reports: VecDeque::new(),
            progress: None,
            opened: BTreeSet::new(),
            aborts: BTreeSet::new(),
            unanswered: 0,
            confirmed: BTreeSet::new(),
            confirmed_before: BTreeSet::new(),
            sent_again: Vec::new(),
            requests: 0,
            was_answered: false,
        }
    }

    pub(crate) fn report(&mut self, broken: Broken, how: impl Into<String>) {
        let how = how.into();
        self.violations.push(Violation { broken, how });
    }

    fn require(&mut self, holds: bool, broken: Broken, how: impl FnOnce() -> String) {
        if !holds {
            self.report(broken, how());
        }
    }

    pub(crate) fn action(&mut self, now: u64, action: &Action) {
        let may_follow_end = matches!(
            action,
            Action::Report | Action::Remember(_) | Action::Release(_)
        );
        let is_late = self.is_over && !may_follow_end;
        self.require(!is_late, Broken::ActionAfterEnd, || format!("{action:?}"));
        match action {
            Action::Send(request) => self.sent(request),
            Action::AbortRequest(id) => {
                self.flights.remove(id);
                // For its silence, mostly.
                self.unanswered += u32::from(self.cancelled_at.is_none() && !self.is_paused);
            }
            Action::Hash { ranges } => {
                let paused = self.is_paused;
                self.require(!paused, Broken::ReadWhilePaused, || format!("{ranges:?}"));
                let cancelled = self.cancelled_at.is_some();
                self.require(!cancelled, Broken::NotQuiet, || format!("{ranges:?}"));
                for range in ranges {
                    self.read(range.file);
                }
                let reading = ranges.iter().map(|range| (range.file, range.offset));
                self.readings.push(reading.collect());
                let (lanes, limit) = (self.readings.len(), self.limits.hash_lanes);
                self.require(lanes <= limit, Broken::TooManyLanes, || {
                    format!("{lanes} of {limit}")
                });
            }
            Action::Refresh(file) => self.read(*file),
            Action::Release(files) => self.released.extend(files),
            Action::StopReading => {
                self.readings.clear();
                self.is_ending = true;
            }
            Action::Abort => {
                self.readings.clear();
                self.flights.clear();
                self.is_over = true;
            }
            Action::NeedCredentials(_) => self.needs_credentials = true,
            Action::Report => {
                self.reports.push_back(now);
                while self.reports.front().is_some_and(|time| time + 1_000 <= now) {
                    self.reports.pop_front();
                }
                let count = self.reports.len();
                // The last one, after the end, comes at once.
                let most = 10 + usize::from(self.is_over);
                self.require(count <= most, Broken::TooManyReports, || {
                    format!("{count} in a second")
                });
            }
            Action::AppendManifest(_)
            | Action::LookUp(_)
            | Action::Remember(_)
            | Action::WaitUntil(_) => {}
        }
    }

    fn read(&mut self, file: FileId) {
        let is_released = self.released.contains(&file);
        self.require(!is_released, Broken::ReadAfterRelease, || {
            format!("{file:?}")
        });
    }

    fn sent(&mut self, request: &Request) {
        self.requests += 1;
        let kind = Kind::of(request);
        let number = query(request, "partNumber").unwrap_or_default().to_owned();
        let marker = query(request, "part-number-marker").or(query(request, "key-marker"));
        let name = (
            kind,
            request.key.clone(),
            number.clone() + marker.unwrap_or_default(),
        );
        let is_new = self.last_request.is_none_or(|last| last < request.id);
        self.require(is_new, Broken::NameUsedTwice, || {
            format!("{:?}", request.id)
        });
        self.last_request = Some(request.id);

        let describe = || format!("{kind:?} {} {:?}", request.key, request.query);
        // An upload that fails in a pause gives up what it has begun.
        let is_held = self.is_paused && !(self.is_ending && kind == Kind::Abort);
        self.require(!is_held, Broken::SentWhilePaused, describe);
        self.require(
            !self.needs_credentials,
            Broken::SentWithoutCredentials,
            describe,
        );
        let may_follow_cancel =
            kind == Kind::Abort || (kind == Kind::FindManifest && self.manifest_was_sent);
        let is_cancelled = self.cancelled_at.is_some();
        self.require(
            !is_cancelled || may_follow_cancel,
            Broken::RequestAfterCancel,
            describe,
        );
        self.require(
            !self.permanent.contains(&name),
            Broken::PermanentRetried,
            describe,
        );
        self.manifest_was_sent |= kind == Kind::Manifest;

        let mut length = 0;
        if let Body::Range {
            file,
            length: bytes,
            ..
        } = &request.body
        {
            length = *bytes;
            self.read(*file);
            let unit = (
                request.key.clone(),
                query(request, "partNumber").map(str::to_owned),
            );
            if self.confirmed_before.contains(&unit) {
                self.sent_again.push(unit);
            }
        }
        let upload = query(request, "uploadId").map(str::to_owned);
        if kind == Kind::Abort {
            self.aborts.extend(upload.clone());
        }
        self.flights.insert(
            request.id,
            Flight {
                kind,
                host: request.host,
                length,
                name,
                upload,
            },
        );
        let (count, limit) = (self.flights.len(), self.limits.requests);
        self.require(count <= limit, Broken::TooManyRequests, || {
            format!("{count} of {limit}")
        });
        let to_host = self
            .flights
            .values()
            .filter(|flight| flight.host == request.host)
            .count();
        let is_known = request.host < self.limits.hosts;
        self.require(
            to_host <= MOST_TO_HOST && is_known,
            Broken::TooManyRequestsToHost,
            || format!("{to_host} to {}", request.host),
        );
        let lengths = || {
            self.flights
                .values()
                .map(|flight| flight.length)
                .filter(|length| *length > 0)
        };
        let (bodies, bytes) = (lengths().count(), lengths().sum::<u64>());
        let fits = bodies <= 1 || bytes <= self.limits.bytes_in_flight;
        self.require(fits, Broken::TooManyBytes, || {
            format!("{bytes} in {bodies} bodies")
        });
    }

    /// Before the engine hears of it.
    pub(crate) fn event(&mut self, now: u64, event: &Event) {
        match event {
            Event::Answered {
                request, answer, ..
            } => {
                let Some(flight) = self.flights.remove(request) else {
                    return;
                };
                let is_page = answer
                    .header("content-type")
                    .is_some_and(|kind| kind.starts_with("text/html"));
                // A login page is no answer of the server.
                self.unanswered = if is_page { self.unanswered + 1 } else { 0 };
                self.was_answered |= !is_page;
                let answers = self.answers.entry(flight.name.clone()).or_default();
                *answers += 1;
                let count = *answers;
                self.require(count <= MOST_ANSWERS, Broken::TooManyTries, || {
                    format!("{count} answers to {:?}", flight.name)
                });
                let is_good = answer.status < 300 && !answer.body.contains("<Error>");
                if answer.body.contains("<Code>NoSuchUpload<") {
                    // Nobody gives up what is said to be gone.
                    self.aborts.extend(flight.upload.clone());
                }
                match flight.kind {
                    Kind::Put | Kind::Part if is_good && answer.header("etag").is_some() => {
                        let number = Some(flight.name.2.clone()).filter(|text| !text.is_empty());
                        self.confirmed.insert((flight.name.1.clone(), number));
                    }
                    Kind::Create if is_good => {
                        let id = answer
                            .body
                            .split_once("<UploadId>")
                            .and_then(|(_, rest)| rest.split_once("</UploadId>"));
                        let is_whole = answer.body.ends_with("</InitiateMultipartUploadResult>");
                        self.opened
                            .extend(id.filter(|_| is_whole).map(|(id, _)| id.to_owned()));
                    }
                    _ => {}
                }
                // A HEAD does not say why it is refused, so it may be asked once more.
                let is_optional = matches!(
                    flight.kind,
                    Kind::Abort | Kind::Check | Kind::ListParts | Kind::ListUploads
                );
                if is_permanent(answer) && !is_optional {
                    self.permanent.insert(flight.name);
                }
            }
            Event::Unanswered { request, .. } => {
                if self.flights.remove(request).is_some() {
                    self.unanswered += 1;
                }
            }
            Event::Unsigned { request, .. } => {
                self.flights.remove(request);
            }
            Event::Hashed { file, offset, .. } | Event::HashFailed { file, offset, .. } => {
                for reading in &mut self.readings {
                    reading.remove(&(*file, *offset));
                }
                self.readings.retain(|reading| !reading.is_empty());
            }
            Event::Paused => self.is_paused = true,
            Event::Resumed => self.is_paused = false,
            Event::Cancelled => {
                self.is_paused = false;
                self.cancelled_at = Some(now);
            }
            Event::CredentialsRenewed => self.needs_credentials = false,
            Event::CredentialsRefused(_) => self.credentials_are_refused = true,
            _ => {}
        }
    }

    /// After the engine has said all that it wants to be done.
    pub(crate) fn drained(&mut self, now: u64) {
        let Some(cancelled_at) = self.cancelled_at.filter(|_| !self.is_over) else {
            return;
        };
        let goes_on: Vec<String> = self
            .flights
            .values()
            .filter(|flight| {
                !matches!(
                    flight.kind,
                    Kind::Abort | Kind::Create | Kind::Manifest | Kind::FindManifest
                )
            })
            .map(|flight| format!("{:?}", flight.name))
            .collect();
        self.require(goes_on.is_empty(), Broken::NotQuiet, || goes_on.join(", "));
        if !self.manifest_was_sent {
            let lanes = self.readings.len();
            self.require(lanes == 0, Broken::NotQuiet, || format!("{lanes} readings"));
            let takes = now - cancelled_at;
            self.require(takes <= CANCEL_TAKES, Broken::SlowCancel, || {
                format!("{takes} ms")
            });
        }
    }

    pub(crate) fn progress(&mut self, progress: Progress) {
        let phases =
            |progress: &Progress| [progress.hashing, progress.checking, progress.uploading];
        for phase in phases(&progress) {
            let fits =
                phase.files_done <= phase.files_total && phase.bytes_done <= phase.bytes_total;
            self.require(fits, Broken::ProgressOverTotal, || format!("{phase:?}"));
        }
        if let Some(before) = self.progress.take() {
            for (before, after) in phases(&before).iter().zip(phases(&progress)) {
                let rises =
                    before.files_done <= after.files_done && before.bytes_done <= after.bytes_done;
                self.require(rises, Broken::ProgressFell, || {
                    format!("{before:?} to {after:?}")
                });
            }
        }
        self.progress = Some(progress);
    }

    /// After the outcome.
    pub(crate) fn end(&mut self, server: &Server, may_send_again: usize) {
        // Nobody can be asked to give up an upload.
        let is_mute =
            self.needs_credentials || self.credentials_are_refused || self.unanswered >= 4;
        let open: Vec<String> = server
            .uploads
            .iter()
            .filter(|(id, upload)| {
                upload.writer == Writer::Engine(server.run)
                    && self.opened.contains(*id)
                    && !self.aborts.contains(*id)
            })
            .map(|(id, upload)| format!("{id} of {}", upload.key))
            .collect();
        self.require(open.is_empty() || is_mute, Broken::UploadLeftOpen, || {
            open.join(", ")
        });
        let again = std::mem::take(&mut self.sent_again);
        self.require(
            again.len() <= may_send_again,
            Broken::SentAgainAfterCrash,
            || format!("{again:?}"),
        );
    }

    /// Uploads that requests under way belong to, for the log.
    pub(crate) fn uploads_under_way(&self) -> Vec<&str> {
        self.flights
            .values()
            .filter_map(|flight| flight.upload.as_deref())
            .collect()
    }
}

/// A file of the drop, as it was at the times when somebody looked.
#[derive(Debug, Clone)]
pub(crate) struct Fate {
    pub(crate) path: String,
    /// What the engine was told last: bytes, milliseconds since 1970.
    pub(crate) picture: (u64, i64),
    /// All states: content, bytes, milliseconds since 1970.
    pub(crate) history: Vec<(u32, u64, i64)>,
    /// Its bytes changed without a trace.
    pub(crate) changed_unseen: bool,
}

impl Fate {
    /// Hashes of the file in one of its states, cut as its format says.
    pub(crate) fn hashes(
        state: (u32, u64, i64),
        is_cut: bool,
    ) -> Vec<rusty_attachments_model::ContentHash> {
        let (content, size, _) = state;
        if !is_cut || !rusty_attachments_model::chunks::needs_chunking(size) {
            return vec![Bytes::of_content(content, 0, size).hash()];
        }
        let chunks = rusty_attachments_model::chunks::chunks(size).unwrap();
        chunks
            .map(|chunk| Bytes::of_content(content, chunk.offset, chunk.length).hash())
            .collect()
    }
}

/// Looks at a manifest at the moment when it is stored. `is_excused` knows keys that are wrong by somebody
/// else's doing, in a way that cannot be noticed.
pub(crate) fn judge_manifest(
    text: &str,
    server: &Server,
    layout: &S3Layout,
    files: &[Fate],
    is_excused: &dyn Fn(&str) -> bool,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |broken, how: String| violations.push(Violation { broken, how });
    let manifest = match Manifest::decode(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            report(Broken::ManifestDiffersFromFiles, error.to_string());
            return violations;
        }
    };
    let (entries, is_cut): (Vec<(String, u64, i64, Vec<EntryHash>)>, bool) = match &manifest {
        Manifest::V2023_03_03(manifest) => {
            let entry = |entry: &rusty_attachments_model::manifest::v2023_03_03::Entry| {
                (
                    entry.path.to_string(),
                    entry.size,
                    entry.mtime,
                    vec![entry.hash.clone()],
                )
            };
            (manifest.entries().iter().map(entry).collect(), false)
        }
        Manifest::V2025_12_04Beta(manifest) => {
            let entry = |file: &rusty_attachments_model::manifest::v2025_12_04_beta::File| {
                let (Content::Whole { mtime, size, .. } | Content::Chunked { mtime, size, .. }) =
                    file.content()
                else {
                    panic!("only files were dropped");
                };
                (
                    file.path().to_string(),
                    *size,
                    *mtime,
                    file.hashes().to_vec(),
                )
            };
            (manifest.files().iter().map(entry).collect(), true)
        }
    };
    let mut wanted: BTreeMap<&str, &Fate> = files
        .iter()
        .map(|file| (file.path.as_str(), file))
        .collect();
    for (path, size, mtime, hashes) in entries {
        let Some(file) = wanted.remove(path.as_str()) else {
            report(
                Broken::ManifestDiffersFromFiles,
                format!("{path} was not dropped"),
            );
            continue;
        };
        if (size, mtime) != (file.picture.0, file.picture.1 * 1_000) {
            report(
                Broken::ManifestDiffersFromFiles,
                format!("{path} has {size} bytes of {mtime}, not {:?}", file.picture),
            );
        }
        let plain: Vec<_> = hashes
            .iter()
            .filter_map(|hash| match hash {
                EntryHash::Content(hash) => Some(*hash),
                EntryHash::Other(_) => None,
            })
            .collect();
        let was = |state: &(u32, u64, i64)| {
            (state.1, state.2 * 1_000) == (size, mtime) && Fate::hashes(*state, is_cut) == plain
        };
        if !file.changed_unseen && !file.history.iter().any(was) {
            report(
                Broken::ManifestDiffersFromFiles,
                format!("{path} never had the hash {plain:?}"),
            );
        }
        for hash in plain {
            let key = layout.content_key(hash);
            if !server.holds_right_bytes(&key) && !is_excused(&key) {
                let found = server.objects.get(&key);
                report(
                    Broken::ManifestNamesMissing,
                    format!("{path}: {key} is {found:?}"),
                );
            }
        }
    }
    for path in wanted.keys() {
        report(
            Broken::ManifestDiffersFromFiles,
            format!("{path} is not in it"),
        );
    }
    violations
}

/// What an upload left behind.
pub(crate) struct End<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) outcome: &'a Outcome,
    pub(crate) server: &'a Server,
    pub(crate) layout: &'a S3Layout,
    /// Of this upload; all files that the engine took.
    pub(crate) files: &'a [Fate],
    pub(crate) is_cut: bool,
    pub(crate) manifest_key: &'a str,
    /// Some paths could not be taken.
    pub(crate) has_bad_paths: bool,
    pub(crate) must_complete: bool,
    pub(crate) was_cancelled: bool,
    /// The server said that the manifest is not there, and it was.
    pub(crate) manifest_was_denied: bool,
    /// Keys under which somebody else has deleted or cut something.
    pub(crate) spoilt: &'a BTreeMap<String, u64>,
}

/// Looks at the outcome and what it says.
pub(crate) fn judge_end(end: &End) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |broken, how: String| violations.push(Violation { broken, how });
    let stored = end.server.objects.get(end.manifest_key);
    match end.outcome {
        Outcome::Complete(summary) => {
            let hash = stored.map(|object: &Object| object.bytes.hash());
            match &summary.manifest {
                Some(manifest)
                    if manifest.key == end.manifest_key && Some(manifest.hash) == hash =>
                {
                    let is_told = manifest.attachments.contains(&manifest.hash.to_string());
                    if !is_told {
                        report(
                            Broken::ManifestDiffersFromSummary,
                            manifest.attachments.clone(),
                        );
                    }
                }
                other => report(
                    Broken::ManifestDiffersFromSummary,
                    format!("{other:?}, stored is {hash:?}"),
                ),
            }
            if summary.files != end.files.len() as u64 || end.has_bad_paths {
                report(
                    Broken::FileWithoutFate,
                    format!("{} of {} files", summary.files, end.files.len()),
                );
            }
            let bytes: u64 = end.files.iter().map(|file| file.picture.0).sum();
            if summary.bytes != bytes {
                report(
                    Broken::ManifestDiffersFromSummary,
                    format!("{} of {bytes} bytes", summary.bytes),
                );
            }
        }
        Outcome::Failed(problems) => {
            let is_said = |problem: &Problem| problem.code == "manifest-unknown";
            if stored.is_some() && !problems.iter().any(is_said) && !end.manifest_was_denied {
                report(Broken::ManifestUntold, format!("{problems:?}"));
            }
            judge_problems(end, problems, &mut report);
        }
        Outcome::Cancelled => {
            if stored.is_some() && !end.manifest_was_denied {
                report(Broken::ManifestUntold, "cancelled".to_owned());
            }
            if !end.was_cancelled {
                report(Broken::FileWithoutFate, "cancelled by nobody".to_owned());
            }
        }
    }
    if end.must_complete && !matches!(end.outcome, Outcome::Complete(_)) {
        report(Broken::NotComplete, format!("{:?}", end.outcome));
    }
    let compares = end.server.features.checksums == OfChecksums::Verifies;
    for index in 0..end.engine.object_count() {
        if let Some(object) = end.engine.object(index)
            && object.verification == Verification::ByServer
            && !compares
        {
            report(Broken::FalseVerification, object.key);
        }
    }
    violations
}

fn judge_problems(end: &End, problems: &[Problem], report: &mut dyn FnMut(Broken, String)) {
    let is_code = |code: &str| {
        !code.is_empty()
            && code
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit())
    };
    let is_whole = |problem: &Problem| {
        is_code(&problem.code) && !problem.what.is_empty() && !problem.next.is_empty()
    };
    if problems.is_empty() || !problems.iter().all(is_whole) {
        report(Broken::BadProblem, format!("{problems:?}"));
    }
    // Something that is nobody's fault stopped everything: the files that were left are not named.
    if problems.iter().any(|problem| problem.file.is_none()) {
        return;
    }
    let named: BTreeSet<&str> = problems
        .iter()
        .filter_map(|problem| problem.file.as_deref())
        .collect();
    for file in end.files {
        let is_stored = |state: &(u32, u64, i64)| {
            let mut hashes = Fate::hashes(*state, end.is_cut).into_iter();
            hashes.all(|hash| {
                let key = end.layout.content_key(hash);
                end.server.objects.contains_key(&key) || end.spoilt.contains_key(&key)
            })
        };
        let is_kept = file.changed_unseen || file.history.iter().any(is_stored);
        // More than a few contents that cannot be sent end the upload, in the name of the last one.
        if !named.contains(file.path.as_str()) && !is_kept && named.len() <= 5 {
            report(
                Broken::FileWithoutFate,
                format!("{} of {named:?}", file.path),
            );
        }
    }
}

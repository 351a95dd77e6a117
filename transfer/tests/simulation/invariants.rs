//! What has to be true in every run, whatever happens in it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rusty_attachments_model::ContentHash;
use rusty_attachments_model::manifest::v2025_12_04_beta::Content;
use rusty_attachments_model::manifest::{EntryHash, Manifest};
use rusty_attachments_model::s3_layout::parse_cas_key;
use rusty_attachments_transfer::{
    Action, Body, Event, FileId, Limits, ManifestSummary, Method, Outcome, Patterns, Phase,
    PhaseProgress, Preview, Progress, Request, RequestId, Summary,
};

use crate::faults::target;
use crate::server::{Data, Object, Upload, Write, Writer, query};

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) invariant: &'static str,
    pub(crate) detail: String,
}

pub(crate) const OBJECTS_MATCH_KEYS: &str = "every object has the bytes of its key";
pub(crate) const MANIFEST_IS_TRUE: &str = "a manifest names just the files, and what is stored";
pub(crate) const ALL_ARE_REPORTED: &str = "every file is in the manifest or reported";
pub(crate) const CANCEL_IS_QUIET: &str = "after a cancel nothing but aborts leaves";
pub(crate) const LIMITS_HOLD: &str = "limits hold";
pub(crate) const PROGRESS_RISES: &str = "progress never goes back";
pub(crate) const RETRIES_END: &str = "retries end, and what is final is not retried";
pub(crate) const RUN_ENDS: &str = "the run ends in time";
pub(crate) const TRANSIENT_IS_SURVIVED: &str = "what passes is survived";
pub(crate) const NO_UPLOAD_STAYS: &str = "no multipart upload stays open";
pub(crate) const REPLAYS: &str = "the same events give the same actions";
pub(crate) const PAUSE_HOLDS: &str = "nothing leaves in a pause";
pub(crate) const OUTCOME_IS_TRUE: &str = "what is said of the manifest is true";
pub(crate) const NOTHING_TWICE: &str = "what was confirmed before a crash is not sent again";
pub(crate) const RETRY_COMPLETES: &str =
    "what failed and is mended completes when it is taken up again";
pub(crate) const EACH_FILE_IS_TOLD: &str = "the list tells the end of each file";
pub(crate) const HOLD_HOLDS: &str = "before the beginning nothing leaves but questions";
pub(crate) const LEFT_OUT_IS_UNREAD: &str = "nothing of a file that is left out is read or sent";
pub(crate) const PREVIEW_IS_TRUE: &str = "a preview tells what will be done";
pub(crate) const RELEASED_IS_UNREAD: &str = "a file that was let go of is not read";

/// Passing answers that one request may get: 8 tries, and 7 new beginnings.
const MOST_PASSING: u32 = 64;

/// Looks at all that goes in and out of an engine.
#[derive(Debug)]
pub(crate) struct Watch {
    limits: Limits,
    pub(crate) violations: Vec<Violation>,
    under_way: BTreeMap<RequestId, Leaving>,
    /// The ranges of each reading that were not reported.
    readings: Vec<BTreeSet<(FileId, u64)>>,
    released: BTreeSet<FileId>,
    /// Not begun yet.
    is_held: bool,
    patterns: Patterns,
    paths: BTreeMap<FileId, String>,
    is_paused: bool,
    is_cancelled: bool,
    manifest_has_left: bool,
    pub(crate) is_over: bool,
    shown: Option<Progress>,
    reports: VecDeque<u64>,
    passing: BTreeMap<String, u32>,
    refused_for_good: BTreeSet<String>,
}

#[derive(Debug)]
struct Leaving {
    bytes: u64,
    host: u8,
    target: String,
    is_soft: bool,
}

impl Watch {
    pub(crate) fn new(limits: Limits, is_held: bool) -> Self {
        Self {
            limits,
            violations: Vec::new(),
            under_way: BTreeMap::new(),
            readings: Vec::new(),
            released: BTreeSet::new(),
            is_held,
            patterns: Patterns::default(),
            paths: BTreeMap::new(),
            is_paused: false,
            is_cancelled: false,
            manifest_has_left: false,
            is_over: false,
            shown: None,
            reports: VecDeque::new(),
            passing: BTreeMap::new(),
            refused_for_good: BTreeSet::new(),
        }
    }

    fn trip(&mut self, invariant: &'static str, detail: String) {
        self.violations.push(Violation { invariant, detail });
    }

    /// The upload is taken up again; what was let go of stays so.
    pub(crate) fn begin_again(&mut self) {
        let released = std::mem::take(&mut self.released);
        let (patterns, paths) = (self.patterns.clone(), std::mem::take(&mut self.paths));
        let is_held = self.is_held;
        *self = Self::new(self.limits, is_held);
        (self.patterns, self.paths) = (patterns, paths);
        self.released = released;
    }

    /// The engine has taken a file.
    pub(crate) fn names(&mut self, file: FileId, path: &str) {
        self.paths.insert(file, path.to_owned());
    }

    /// The engine is about to be told this.
    pub(crate) fn told(&mut self, event: &Event) {
        match event {
            Event::Select(patterns) if self.is_held => {
                self.patterns = patterns.clone();
                self.shown = None;
            }
            Event::Begin => {
                self.is_held = false;
                self.shown = None;
            }
            Event::Paused => self.is_paused = true,
            Event::Resumed => self.is_paused = false,
            Event::Cancelled if !self.is_over => {
                self.is_cancelled = true;
                self.is_paused = false;
            }
            Event::Hashed { file, offset, .. } | Event::HashFailed { file, offset, .. } => {
                for reading in &mut self.readings {
                    reading.remove(&(*file, *offset));
                }
                self.readings.retain(|reading| !reading.is_empty());
            }
            Event::Answered {
                request, answer, ..
            } => {
                let Some(leaving) = self.under_way.remove(request) else {
                    return;
                };
                if matches!(answer.status, 408 | 429 | 500 | 502 | 503 | 504) {
                    let count = self.passing.entry(leaving.target.clone()).or_default();
                    *count += 1;
                    if *count > MOST_PASSING {
                        let detail = format!("{} tried {count} times", leaving.target);
                        self.trip(RETRIES_END, detail);
                    }
                }
                if !leaving.is_soft && is_final(&answer.body) {
                    self.refused_for_good.insert(leaving.target);
                }
            }
            Event::Unanswered { request, .. } | Event::Unsigned { request, .. } => {
                self.under_way.remove(request);
            }
            _ => {}
        }
    }

    /// The engine asks for this.
    pub(crate) fn asked(&mut self, now: u64, action: &Action) {
        if self.is_over && !matches!(action, Action::Report) {
            self.trip(CANCEL_IS_QUIET, format!("after the end: {action:?}"));
        }
        match action {
            Action::Send(request) => self.sends(request),
            Action::AbortRequest(request) => {
                self.under_way.remove(request);
            }
            Action::Hash { ranges } => {
                if self.is_paused {
                    self.trip(PAUSE_HOLDS, format!("reads {ranges:?}"));
                }
                if self.is_cancelled {
                    self.trip(CANCEL_IS_QUIET, format!("reads {ranges:?}"));
                }
                for range in ranges {
                    self.reads(range.file);
                }
                let reading = ranges.iter().map(|range| (range.file, range.offset));
                self.readings.push(reading.collect());
                if self.readings.len() > self.limits.hash_lanes {
                    self.trip(LIMITS_HOLD, format!("{} readings", self.readings.len()));
                }
            }
            Action::StopReading => self.readings.clear(),
            Action::Release(files) => self.released.extend(files),
            Action::Refresh(file) if self.released.contains(file) => {
                self.trip(RELEASED_IS_UNREAD, format!("{file:?} is looked at"));
            }
            Action::Abort => {
                self.is_over = true;
                self.under_way.clear();
                self.readings.clear();
            }
            Action::Report if !self.is_over => {
                self.reports.push_back(now);
                self.reports.retain(|time| time + 1_000 > now);
                if self.reports.len() > 10 {
                    let detail = format!("{} reports in a second", self.reports.len());
                    self.trip(PROGRESS_RISES, detail);
                }
            }
            _ => {}
        }
    }

    fn reads(&mut self, file: FileId) {
        if self.released.contains(&file) {
            self.trip(RELEASED_IS_UNREAD, format!("{file:?} is read"));
        }
        let path = self.paths.get(&file).map_or("", String::as_str);
        if !self.is_held && !self.patterns.take(path) {
            self.trip(LEFT_OUT_IS_UNREAD, format!("{path} is read"));
        }
    }

    fn sends(&mut self, request: &Request) {
        let is_manifest = request.key.contains("/Manifests/");
        let is_abort = request.method == Method::Delete;
        let target = target(request);
        if self.is_held && !matches!(request.method, Method::Head | Method::Get) {
            self.trip(HOLD_HOLDS, format!("sends {target}"));
        }
        if self.is_paused && !(is_manifest && self.manifest_has_left) {
            self.trip(PAUSE_HOLDS, format!("sends {target}"));
        }
        let asks_for_manifest =
            is_manifest && self.manifest_has_left && request.method != Method::Put;
        if self.is_cancelled && !is_abort && !asks_for_manifest {
            self.trip(CANCEL_IS_QUIET, format!("sends {target}"));
        }
        if self.refused_for_good.contains(&target) && !is_abort {
            self.trip(RETRIES_END, format!("{target} was refused for good"));
        }
        self.manifest_has_left |= is_manifest && request.method == Method::Put;
        let bytes = match &request.body {
            Body::Range { file, length, .. } => {
                self.reads(*file);
                *length
            }
            _ => 0,
        };
        let lists = request.method == Method::Get
            && (query(request, "uploads").is_some() || query(request, "uploadId").is_some());
        let leaving = Leaving {
            bytes,
            host: request.host,
            target,
            is_soft: is_abort || lists || (is_manifest && request.method == Method::Head),
        };
        if self.under_way.insert(request.id, leaving).is_some() {
            self.trip(LIMITS_HOLD, format!("{:?} is used twice", request.id));
        }
        self.counts();
    }

    fn counts(&mut self) {
        let count = self.under_way.len();
        if count > self.limits.requests {
            self.trip(LIMITS_HOLD, format!("{count} requests"));
        }
        let mut by_host = BTreeMap::<u8, usize>::new();
        for leaving in self.under_way.values() {
            *by_host.entry(leaving.host).or_default() += 1;
        }
        let most = self.limits.requests_per_host;
        if let Some((host, count)) = by_host.into_iter().find(|(_, count)| *count > most) {
            self.trip(LIMITS_HOLD, format!("{count} requests to host {host}"));
        }
        let bodies = self.under_way.values().filter(|leaving| leaving.bytes > 0);
        let sum: u64 = bodies.clone().map(|leaving| leaving.bytes).sum();
        if bodies.count() > 1 && sum > self.limits.bytes_in_flight {
            self.trip(LIMITS_HOLD, format!("{sum} bytes in flight"));
        }
    }

    /// The engine shows this.
    pub(crate) fn shows(&mut self, progress: Progress) {
        if let Some(before) = self.shown.take() {
            if progress.percent < before.percent {
                let (before, now) = (before.percent, progress.percent);
                self.trip(PROGRESS_RISES, format!("{before} % then {now} %"));
            }
            for (name, before, now) in [
                ("hashing", before.hashing, progress.hashing),
                ("checking", before.checking, progress.checking),
                ("uploading", before.uploading, progress.uploading),
            ] {
                if now.files_done < before.files_done || now.bytes_done < before.bytes_done {
                    self.trip(PROGRESS_RISES, format!("{name}: {before:?} then {now:?}"));
                }
            }
        }
        if (progress.percent == 100) != (progress.phase == Phase::Complete)
            || progress.percent > 100
        {
            self.trip(
                PROGRESS_RISES,
                format!("{} % while {:?}", progress.percent, progress.phase),
            );
        }
        let phases = [progress.hashing, progress.checking, progress.uploading];
        let is_more = |phase: &PhaseProgress| {
            phase.files_done > phase.files_total || phase.bytes_done > phase.bytes_total
        };
        if let Some(phase) = phases.iter().find(|phase| is_more(phase)) {
            self.trip(PROGRESS_RISES, format!("more than all: {phase:?}"));
        }
        self.shown = Some(progress);
    }
}

/// Answers that no retry mends.
fn is_final(body: &str) -> bool {
    [
        "AccessDenied",
        "SignatureDoesNotMatch",
        "InvalidAccessKeyId",
        "NoSuchBucket",
        "PermanentRedirect",
        "TemporaryRedirect",
    ]
    .iter()
    .any(|code| body.contains(&format!("<Code>{code}</Code>")))
}

/// The content hash in an object's key.
pub(crate) fn hash_in(key: &str) -> Option<ContentHash> {
    parse_cas_key(key.split_once("/Data/")?.1)
}

/// Invariant 1.
pub(crate) fn objects_match_keys(writes: &[Write]) -> Vec<Violation> {
    let is_wrong = |write: &&Write| hash_in(&write.key).is_some_and(|hash| hash != write.hash);
    let violation = |write: &Write| Violation {
        invariant: OBJECTS_MATCH_KEYS,
        detail: format!("{} holds {}", write.key, write.hash),
    };
    writes.iter().filter(is_wrong).map(violation).collect()
}

/// A file as the manifest has to name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub(crate) path: String,
    pub(crate) size: u64,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
}

/// What the store holds, and what is known of how it came there.
pub(crate) struct Store<'a> {
    pub(crate) objects: &'a BTreeMap<String, Object>,
    /// Key of a content.
    pub(crate) key: &'a dyn Fn(ContentHash) -> String,
    /// Objects that nobody could know to be wrong or gone.
    pub(crate) is_excused: &'a dyn Fn(&str) -> bool,
}

/// Invariant 2.
pub(crate) fn manifest_is_true(text: &str, named: &[Named], store: &Store) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut trip = |detail: String| {
        found.push(Violation {
            invariant: MANIFEST_IS_TRUE,
            detail,
        });
    };
    let entries = match Manifest::decode(text) {
        Ok(manifest) => entries(&manifest),
        Err(error) => {
            trip(format!("cannot be read: {error}"));
            return found;
        }
    };
    let mut listed: Vec<Named> = entries.iter().map(|(named, _)| named.clone()).collect();
    let mut wanted = named.to_vec();
    listed.sort();
    wanted.sort();
    if listed != wanted {
        trip(format!("names {listed:?}, not {wanted:?}"));
    }
    for (named, hashes) in entries {
        let mut size = 0;
        for hash in hashes {
            let key = (store.key)(hash);
            let object = store.objects.get(&key);
            size += object.map_or(0, |object| object.data.len());
            let is_right = object.is_some_and(|object| object.data.hash() == hash);
            if !is_right && !(store.is_excused)(&key) {
                let held = object.map(|object| object.data.hash());
                trip(format!("{}: {key} holds {held:?}", named.path));
            } else if !is_right {
                // Nobody knows how many bytes there are.
                size = named.size;
                break;
            }
        }
        if size != named.size {
            trip(format!("{}: {size} bytes, not {}", named.path, named.size));
        }
    }
    found
}

fn entries(manifest: &Manifest) -> Vec<(Named, Vec<ContentHash>)> {
    let content = |hash: &EntryHash| match hash {
        EntryHash::Content(hash) => Some(*hash),
        _ => None,
    };
    match manifest {
        Manifest::V2023_03_03(manifest) => manifest
            .entries()
            .iter()
            .map(|entry| {
                let named = Named {
                    path: entry.path.to_string(),
                    size: entry.size,
                    modified: entry.mtime / 1_000,
                };
                (named, content(&entry.hash).into_iter().collect())
            })
            .collect(),
        Manifest::V2025_12_04Beta(manifest) => manifest
            .files()
            .iter()
            .map(|file| {
                let named = Named {
                    path: file.path().to_string(),
                    size: file.size().unwrap_or(u64::MAX),
                    modified: mtime(file.content()) / 1_000,
                };
                (named, file.hashes().iter().filter_map(content).collect())
            })
            .collect(),
    }
}

fn mtime(content: &Content) -> i64 {
    match content {
        Content::Whole { mtime, .. } | Content::Chunked { mtime, .. } => *mtime,
        _ => i64::MIN,
    }
}

/// The rest of invariant 2: the summary speaks of just the manifest that is stored.
pub(crate) fn summary_is_true(
    summary: &ManifestSummary,
    objects: &BTreeMap<String, Object>,
) -> Vec<Violation> {
    let held = objects.get(&summary.key).map(|object| object.data.hash());
    let path = summary.key.split_once("/Manifests/").map(|(_, path)| path);
    let names_it = path.is_some_and(|path| summary.attachments.contains(path))
        && summary.attachments.contains(&summary.hash.to_string());
    if held == Some(summary.hash) && names_it {
        return Vec::new();
    }
    vec![Violation {
        invariant: MANIFEST_IS_TRUE,
        detail: format!("the summary says {summary:?}, the store {held:?}"),
    }]
}

/// Invariant 3: files that were dropped, by path; those that were taken; how it ended.
pub(crate) fn all_are_reported(
    refused: &[String],
    taken: &[Named],
    outcome: &Outcome,
) -> Vec<Violation> {
    let trip = |detail: String| {
        vec![Violation {
            invariant: ALL_ARE_REPORTED,
            detail,
        }]
    };
    match outcome {
        Outcome::Cancelled => Vec::new(),
        Outcome::Complete(summary) => {
            if !refused.is_empty() {
                return trip(format!("complete without {refused:?}"));
            }
            if summary.files != taken.len() as u64 {
                return trip(format!("{} files, not {}", summary.files, taken.len()));
            }
            Vec::new()
        }
        Outcome::Failed(problems) => {
            if problems.is_empty() || problems.iter().any(|problem| problem.code.is_empty()) {
                return trip(format!("failed for no reason: {problems:?}"));
            }
            let is_named = |path: &str| {
                problems
                    .iter()
                    .any(|problem| problem.file.as_deref() == Some(path))
            };
            let silent: Vec<_> = refused.iter().filter(|path| !is_named(path)).collect();
            if !silent.is_empty() {
                return trip(format!("nothing is said of {silent:?}"));
            }
            Vec::new()
        }
    }
}

/// What is said of the manifest, and what the store holds of it.
pub(crate) fn outcome_is_true(
    outcome: &Outcome,
    wanted: bool,
    stored: Option<&Data>,
) -> Vec<Violation> {
    let detail = match (outcome, stored) {
        (Outcome::Complete(summary), _) if summary.manifest.is_some() != wanted => "complete",
        (Outcome::Complete(_), None) if wanted => "complete without a manifest",
        (Outcome::Cancelled, Some(_)) => "cancelled, and there is a manifest",
        (Outcome::Failed(problems), Some(_))
            if !problems
                .iter()
                .any(|problem| problem.code == "manifest-unknown") =>
        {
            "failed, and there is a manifest"
        }
        _ => return Vec::new(),
    };
    vec![Violation {
        invariant: OUTCOME_IS_TRUE,
        detail: format!("{detail}: {outcome:?}"),
    }]
}

/// What was told before the beginning, and what was done.
pub(crate) fn preview_is_true(preview: &Preview, summary: &Summary) -> Vec<Violation> {
    let told = [
        preview.files,
        preview.bytes,
        preview.contents_new,
        preview.bytes_new,
        preview.contents_in_store,
        preview.bytes_in_store,
    ];
    let done = [
        summary.files,
        summary.bytes,
        summary.objects_written,
        summary.bytes_written,
        summary.objects_skipped,
        summary.bytes_skipped,
    ];
    if told == done {
        return Vec::new();
    }
    vec![Violation {
        invariant: PREVIEW_IS_TRUE,
        detail: format!("{preview:?}, but {summary:?}"),
    }]
}

/// Invariant 9: uploads that the engine began and that nobody can be excused for.
pub(crate) fn no_upload_stays(
    uploads: &BTreeMap<String, Upload>,
    is_excused: &dyn Fn(&str) -> bool,
) -> Vec<Violation> {
    uploads
        .iter()
        .filter(|(id, upload)| upload.writer != Writer::Other && !is_excused(id))
        .map(|(id, upload)| Violation {
            invariant: NO_UPLOAD_STAYS,
            detail: format!("{id} of {}", upload.key),
        })
        .collect()
}

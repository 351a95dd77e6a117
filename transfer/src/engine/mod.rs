//! The state of one upload, and the two calls that drive it: [`Engine::handle`] takes what happened,
//! [`Engine::poll_action`] gives what to do, until it gives nothing.
//!
//! Files run through on their own: while one is hashed another is checked and a third is sent. The
//! manifest goes last (decision S3). A file that cannot be taken does not stop the others: what is
//! sent stays in the store, so that the next drop is short; but there will be no manifest.

mod hashing;
mod manifest;
mod requests;

use std::collections::HashMap;

use rusty_attachments_model::s3_layout::{ManifestGuid, S3Layout};
use rusty_attachments_model::{AssetRoot, PathError, RelativePath};

use crate::action::{Action, RequestId};
use crate::content::{ContentId, Contents};
use crate::event::{Event, ReadFailure};
use crate::lanes::Lanes;
use crate::not_taken::NotTaken;
use crate::outcome::Outcome;
use crate::problem::{LARGEST_PUT, Problem};
use crate::progress::{Phase, PhaseProgress, Progress};
use crate::retry::Jitter;
use hashing::Hashing;
use manifest::EncodedManifest;
use requests::Requests;

/// Position of a file in the order of adding, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// What an upload has to know beforehand.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Keys in the bucket.
    pub layout: S3Layout,
    /// The folder on the farm that the files lie below.
    pub asset_root: AssetRoot,
    /// Random, new for each upload.
    pub guid: ManifestGuid,
    /// Bucket, for messages to people.
    pub bucket: String,
    /// Host and port of the server, for messages to people.
    pub server: String,
    /// How much happens at once.
    pub lanes: Lanes,
    /// For jitter; any number.
    pub seed: u64,
}

/// One upload from the first file to its outcome.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    /// Milliseconds, from the last event.
    now: u64,
    files: Vec<File>,
    found_bytes: u64,
    intake_ended: bool,
    hashing: Hashing,
    contents: Contents,
    requests: Requests,
    manifest: Option<EncodedManifest>,
    tally: Tally,
    problems: Vec<Problem>,
    outcome: Option<Outcome>,
    must_abort: bool,
    /// The person cancelled while the manifest was on its way, so how it ends is not known yet.
    cancelled: bool,
    jitter: Jitter,
    current_file: Option<FileId>,
}

#[derive(Debug)]
struct File {
    path: RelativePath,
    /// Bytes.
    size: u64,
    /// Milliseconds since 1970.
    modified: i64,
    state: FileState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileState {
    /// Not hashed yet.
    Found,
    /// Its content is known.
    Hashed(ContentId),
    /// It will not be in a manifest; a problem says why.
    Failed,
}

/// Counters behind [`Progress`].
#[derive(Debug, Default)]
struct Tally {
    failed: Amount,
    checked: Amount,
    to_send: Amount,
    sent: Amount,
    written: Amount,
    skipped: Amount,
    /// Highest number of sent bytes ever shown: a request that is tried again must not take any back.
    most_sent: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Amount {
    count: u64,
    bytes: u64,
}

impl Amount {
    fn add(&mut self, count: u64, bytes: u64) {
        self.count += count;
        self.bytes += bytes;
    }
}

impl Engine {
    /// An upload without files.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            hashing: Hashing::new(settings.lanes.hash),
            requests: Requests::default(),
            jitter: Jitter::new(settings.seed),
            settings,
            now: 0,
            files: Vec::new(),
            found_bytes: 0,
            intake_ended: false,
            contents: Contents::default(),
            manifest: None,
            tally: Tally::default(),
            problems: Vec::new(),
            outcome: None,
            must_abort: false,
            cancelled: false,
            current_file: None,
        }
    }

    /// Adds a file: its path below the asset root, its size in bytes, its last change in
    /// milliseconds since 1970.
    ///
    /// `None` when it cannot be taken; the outcome will say why, by name.
    pub fn add_file(&mut self, path: &str, size: u64, modified: i64) -> Option<FileId> {
        let format = self.settings.asset_root.format();
        let judged =
            RelativePath::parse(path).and_then(|path| path.check_below(format).map(|()| path));
        let path = match judged {
            Ok(path) => path,
            Err(error) => {
                self.problems.push(Problem::bad_path(error, path));
                return None;
            }
        };
        if size > LARGEST_PUT {
            self.problems.push(Problem::too_large(path.as_str()));
            return None;
        }
        let id = FileId(u32::try_from(self.files.len()).expect("a drop has fewer than 2^32 files"));
        self.files.push(File {
            path,
            size,
            modified,
            state: FileState::Found,
        });
        self.found_bytes += size;
        Some(id)
    }

    /// Adds a file whose name is no valid Unicode (decision D3); `readable` is the path with stand-ins
    /// for what cannot be shown.
    pub fn add_unnameable(&mut self, readable: &str) {
        self.problems
            .push(Problem::bad_path(PathError::LoneSurrogate, readable));
    }

    /// Notes something that was dropped but is no file to upload.
    ///
    /// An empty folder is only reported, since a manifest of this version cannot name it. Anything
    /// else may hide files, so there will be no manifest.
    pub fn add_not_taken(&mut self, item: &NotTaken) {
        if item.why.may_hide_files() {
            self.problems.push(Problem::not_taken(item));
        }
    }

    /// Takes what happened, at that time in milliseconds of any clock that never goes back.
    pub fn handle(&mut self, now: u64, event: Event) {
        self.now = self.now.max(now);
        if self.outcome.is_some() {
            return;
        }
        match event {
            Event::IntakeEnded => self.end_intake(),
            Event::IntakeLost if !self.intake_ended => self.fail(Problem::intake_lost()),
            Event::Hashed { file, hash } => self.hashed(file, hash),
            Event::HashFailed { file, why } => self.hash_failed(file, why),
            Event::HashProgress { file, bytes } => self.hashing.read_so_far(file, bytes),
            Event::SendProgress { request, bytes } => self.send_progress(request, bytes),
            Event::Answered {
                request,
                answer,
                source,
            } => self.answered(request, &answer, source),
            Event::Unanswered { request, source } => self.unanswered(request, source),
            Event::Unsigned { request, problem } => self.unsigned(request, problem),
            Event::TimePassed => self.requests.time_passed(),
            Event::IntakeLost => {}
            Event::Cancelled => self.cancel(),
        }
        self.give_up_silent();
        self.requests.wake(self.now);
        self.settle();
    }

    /// The next thing to do; call it until it gives nothing.
    pub fn poll_action(&mut self) -> Option<Action> {
        if std::mem::take(&mut self.must_abort) {
            return Some(Action::Abort);
        }
        if self.outcome.is_some() {
            return None;
        }
        // Aborts first: they free connections.
        self.requests
            .next_abort()
            .or_else(|| self.next_hashing())
            .or_else(|| self.next_request())
            .or_else(|| self.requests.next_wait())
    }

    /// Where the upload is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let found = self.files.len() as u64;
        let good = PhaseProgress {
            files_total: found - self.tally.failed.count,
            bytes_total: self.found_bytes - self.tally.failed.bytes,
            ..PhaseProgress::default()
        };
        let hashing = PhaseProgress {
            files_done: self.hashing.done.count,
            files_total: found,
            bytes_done: self.hashing.done.bytes + self.hashing.bytes_under_way(),
            bytes_total: self.found_bytes,
        };
        let checking = PhaseProgress {
            files_done: self.tally.checked.count.min(good.files_total),
            bytes_done: self.tally.checked.bytes.min(good.bytes_total),
            ..good
        };
        let uploading = PhaseProgress {
            files_done: self.tally.sent.count,
            files_total: self.tally.to_send.count,
            bytes_done: self.tally.most_sent,
            bytes_total: self.tally.to_send.bytes,
        };
        Progress {
            phase: self.phase(&hashing, &checking, &uploading),
            found_files: found,
            found_bytes: self.found_bytes,
            intake_ended: self.intake_ended,
            hashing,
            checking,
            uploading,
            current_file: self
                .current_file
                .map(|file| self.file(file).path.to_string()),
        }
    }

    fn phase(
        &self,
        hashing: &PhaseProgress,
        checking: &PhaseProgress,
        uploading: &PhaseProgress,
    ) -> Phase {
        match &self.outcome {
            Some(Outcome::Complete(_)) => Phase::Complete,
            Some(Outcome::Failed(_)) => Phase::Failed,
            Some(Outcome::Cancelled) => Phase::Cancelled,
            None if !self.intake_ended => Phase::Finding,
            None if hashing.files_done < hashing.files_total => Phase::Hashing,
            None if checking.files_done < checking.files_total => Phase::Checking,
            None if uploading.files_done < uploading.files_total => Phase::Uploading,
            None => Phase::Manifest,
        }
    }

    /// How many readings run at once.
    #[must_use]
    pub fn hash_lanes(&self) -> usize {
        self.settings.lanes.hash
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    fn file_mut(&mut self, id: FileId) -> &mut File {
        &mut self.files[id.0 as usize]
    }

    fn end_intake(&mut self) {
        self.intake_ended = true;
        let mut first_with_path: HashMap<&RelativePath, usize> =
            HashMap::with_capacity(self.files.len());
        let mut twice = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            if first_with_path.insert(&file.path, index).is_some() {
                twice.push(Problem::duplicate_path(file.path.as_str()));
            }
        }
        self.problems.append(&mut twice);
    }

    /// One file cannot be taken; the others go on.
    fn fail_file(&mut self, id: FileId, why: ReadFailure) {
        let file = self.file_mut(id);
        if file.state == FileState::Failed {
            return;
        }
        file.state = FileState::Failed;
        let (size, problem) = (file.size, Problem::unread(why, file.path.as_str()));
        self.tally.failed.add(1, size);
        self.problems.push(problem);
    }

    fn cancel(&mut self) {
        if self.manifest_may_be_stored() {
            self.cancelled = true;
        } else {
            self.end(Outcome::Cancelled);
        }
    }

    /// Nothing can go on.
    fn fail(&mut self, problem: Problem) {
        self.problems.insert(0, problem);
        let problems = std::mem::take(&mut self.problems);
        self.end(Outcome::Failed(problems));
    }

    fn end(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
        self.must_abort = true;
    }

    /// Looks whether data is complete, and then sends the manifest or says why there is none.
    fn settle(&mut self) {
        let data_is_settled = self.intake_ended
            && self.hashing.done.count == self.files.len() as u64
            && self.requests.is_idle();
        if self.outcome.is_some() || !data_is_settled {
            return;
        }
        if self.problems.is_empty() && self.files.is_empty() {
            self.fail(Problem::nothing_to_upload());
        } else if self.problems.is_empty() {
            self.start_manifest();
        } else {
            let problems = std::mem::take(&mut self.problems);
            self.end(Outcome::Failed(problems));
        }
    }
}

impl RequestId {
    fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

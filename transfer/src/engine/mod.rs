//! The state of one upload, and the two calls that drive it: [`Engine::handle`] takes what happened,
//! [`Engine::poll_action`] gives what to do, until it gives nothing.
//!
//! Files run through on their own: while one is hashed another is checked and a third is sent. The
//! manifest goes last (decision S3). A file that cannot be taken does not stop the others: what is
//! sent stays in the store, so that the next drop is short; but there will be no manifest.
//!
//! One file for each concern: [`hashing`] (what is read), [`lookup`] (what the journal knows),
//! [`dispatch`] (which request leaves next), [`answers`] (what an answer means for its request),
//! [`checking`], [`sending`], [`multipart`] and [`leftovers`] (the way of a content), [`changes`]
//! (files that are not what they were), [`preview`] (the time before the beginning), [`roots`] (where each file
//! belongs), [`manifest`], [`ending`], [`again`], [`report`], [`listing`] and [`receipt`] (each file, to look at and for the books).

mod again;
mod answers;
mod changes;
mod checking;
mod dispatch;
mod ending;
mod failures;
mod hashing;
mod leftovers;
mod listing;
mod lookup;
mod manifest;
mod multipart;
mod preview;
mod receipt;
mod report;
mod roots;
mod sending;
mod stages;
mod work;

use std::collections::{BTreeMap, HashSet, VecDeque};

use rusty_attachments_model::{ContentHash, PathError, RelativePath};

use crate::action::Action;
use crate::bandwidth::Bandwidth;
use crate::breaker::Breaker;
use crate::content::{ContentId, Contents};
use crate::event::{Event, ReadFailure};
use crate::features::Checksums;
use crate::files::Files;
use crate::journal::Record;
use crate::meter::Meter;
use crate::not_taken::{NotTaken, WhyNotTaken};
use crate::outcome::{ObjectResult, Outcome};
use crate::parts::LARGEST_OBJECT;
use crate::problem::Problem;
use crate::retry::Jitter;
use crate::settings::{ManifestFormat, Settings};
use crate::window::Window;
use ending::Ending;
use failures::Failures;
use hashing::Hashing;
use leftovers::Leftovers;
use lookup::LookUps;
use manifest::ManifestState;
use multipart::Upload;
use preview::Hold;
pub use preview::{Basis, Estimate, LeftOut, Preview};
use report::Reporting;
use roots::Roots;
use stages::Tally;
use work::Requests;

/// Position of a file in the order of adding, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// One upload from the first file to its outcome.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    /// Milliseconds, from the last event.
    now: u64,
    /// How much of it passed in pauses, without credentials and without network.
    stood_still: u64,
    files: Files,
    found_bytes: u64,
    intake_ended: bool,
    hold: Hold,
    /// Only where the manifest can name them.
    empty_folders: HashSet<RelativePath>,
    hashing: Hashing,
    /// Files that the driver takes a fresh look at, and why.
    refreshing: BTreeMap<FileId, ReadFailure>,
    lookups: LookUps,
    contents: Contents,
    requests: Requests,
    uploads: BTreeMap<ContentId, Upload>,
    leftovers: Leftovers,
    server: Server,
    roots: Roots,
    manifest: ManifestState,
    tally: Tally,
    problems: Vec<Problem>,
    failures: Failures,
    /// Contents that were given up one by one.
    given_up: u32,
    outcome: Option<Outcome>,
    ending: Option<Ending>,
    /// The person cancelled while the manifest was on its way, so how it ends is not known yet.
    cancelled: bool,
    paused: bool,
    credentials: CredentialsState,
    /// Milliseconds to add to this computer's time.
    clock_offset: i64,
    window: Window,
    breaker: Breaker,
    /// What the network's last failure looked like.
    network_problem: Option<Problem>,
    bandwidth: Bandwidth,
    /// Nothing leaves before this time: the server has asked for it.
    quiet_until: u64,
    /// The driver tells how much of a body has left while the rest of it still leaves. Not all can.
    sees_progress: bool,
    jitter: Jitter,
    /// Done before anything else.
    out: VecDeque<Action>,
    records: Vec<Record>,
    reporting: Reporting,
    meter: Meter,
    /// The time at which the driver will report that time has passed, in milliseconds.
    announced_wait: Option<u64>,
    current_file: Option<FileId>,
}

/// What is known of the server.
#[derive(Debug)]
struct Server {
    checksums: Option<Checksums>,
    /// How that is known.
    proof: Proof,
    /// Takes `If-None-Match`.
    writes_conditionally: bool,
    /// Has multipart uploads.
    joins_parts: bool,
    /// Takes the checksum algorithm of a multipart upload.
    checks_parts: bool,
    /// Lists the parts of an upload, to us.
    lists_parts: bool,
    /// Requests that each of its addresses left unanswered in a row.
    unanswered: Vec<u32>,
}

/// How it is known what a server does with checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// An earlier run has found it out, this one has not.
    Journal,
    /// A wrong checksum of this run has shown it.
    Probe,
    /// An answer of this run had the checksum that was sent, as S3's answers have.
    Answer,
}

/// Whether requests can be signed.
#[derive(Debug, Default)]
struct CredentialsState {
    /// Why new ones are needed, if so.
    needed: Option<Problem>,
    /// When they were asked for, in milliseconds.
    since: u64,
    /// Counts renewals.
    number: u32,
    /// Renewals without any request that was taken since.
    renewed_in_vain: u32,
}

impl Engine {
    /// An upload without files.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let format = settings.manifest.as_ref().map(|manifest| manifest.format);
        Self {
            files: Files::new(format == Some(ManifestFormat::V2025_12_04Beta)),
            hashing: Hashing::new(settings.limits.hash_lanes),
            window: Window::new(settings.limits.requests),
            bandwidth: Bandwidth::new(settings.limits.bandwidth),
            meter: Meter::new(settings.limits.bandwidth),
            jitter: Jitter::new(settings.seed),
            server: Server {
                checksums: settings.checksums,
                proof: Proof::Journal,
                writes_conditionally: true,
                joins_parts: true,
                checks_parts: true,
                lists_parts: true,
                unanswered: vec![0; usize::from(settings.limits.hosts.max(1))],
            },
            hold: Hold::new(settings.hold_until_begin),
            roots: Roots::new(&settings),
            settings,
            now: 0,
            stood_still: 0,
            found_bytes: 0,
            intake_ended: false,
            empty_folders: HashSet::new(),
            refreshing: BTreeMap::new(),
            lookups: LookUps::default(),
            contents: Contents::default(),
            requests: Requests::default(),
            uploads: BTreeMap::new(),
            leftovers: Leftovers::default(),
            manifest: ManifestState::default(),
            tally: Tally::default(),
            problems: Vec::new(),
            failures: Failures::default(),
            given_up: 0,
            outcome: None,
            ending: None,
            cancelled: false,
            paused: false,
            credentials: CredentialsState::default(),
            clock_offset: 0,
            breaker: Breaker::default(),
            network_problem: None,
            quiet_until: 0,
            sees_progress: false,
            out: VecDeque::new(),
            records: Vec::new(),
            reporting: Reporting::default(),
            announced_wait: None,
            current_file: None,
        }
    }

    /// Adds a file: its path below the asset root, its size in bytes, its last change in
    /// milliseconds since 1970, and the hashes that the journal has for just this path, size and time
    /// (one, or one for each chunk; none if it has none).
    ///
    /// `None` when it cannot be taken; the outcome will say why, by name.
    pub fn add_file(
        &mut self,
        path: &str,
        size: u64,
        modified: i64,
        known: &[ContentHash],
    ) -> Option<FileId> {
        if self.is_over() {
            return None;
        }
        let path = match self.judge_path(path) {
            Ok(path) => path,
            Err(error) => {
                self.refuse(size, Problem::bad_path(error, path));
                return None;
            }
        };
        if size > LARGEST_OBJECT {
            self.refuse(size, Problem::too_large(path.as_str()));
            return None;
        }
        let is_left_out = self.why_left_out(path.as_str()).is_some();
        let file = match self.files.add(path, size, modified) {
            Ok(file) => file,
            Err(path) => {
                self.refuse(size, Problem::duplicate_path(path.as_str()));
                return None;
            }
        };
        self.files.get_mut(file).is_left_out = is_left_out;
        if is_left_out && !self.hold.is_on {
            self.leave_out_at_once(file);
            return Some(file);
        }
        if !self.hold.is_on && !self.claim_root(file) {
            return None;
        }
        self.found_bytes = self.found_bytes.saturating_add(size);
        self.reporting.mark();
        self.take_known_hashes(file, known);
        Some(file)
    }

    fn judge_path(&self, path: &str) -> Result<RelativePath, PathError> {
        let path = RelativePath::parse(path)?;
        path.check_below(self.settings.asset_root.format())?;
        Ok(path)
    }

    /// Adds a file whose name is no valid Unicode (decision D3); `readable` is the path with stand-ins
    /// for what cannot be shown.
    pub fn add_unnameable(&mut self, readable: &str) {
        self.refuse(0, Problem::bad_path(PathError::LoneSurrogate, readable));
    }

    /// Something that was added cannot be taken; its problem names it.
    fn refuse(&mut self, size: u64, problem: Problem) {
        let path = problem.file.as_deref().unwrap_or_default();
        self.failures.note_other(path, size, true, &problem);
        self.problems.push(problem);
    }

    /// Notes something that was dropped but is no file to upload.
    ///
    /// An empty folder is only reported where the manifest cannot name it. Anything else may hide
    /// files, so there will be no manifest.
    pub fn add_not_taken(&mut self, item: &NotTaken) {
        if item.why.may_hide_files() && self.roots.shared(&item.path).is_none() {
            self.refuse(0, Problem::not_taken(item));
            return;
        }
        let format = self
            .settings
            .manifest
            .as_ref()
            .map(|manifest| manifest.format);
        if item.why == WhyNotTaken::EmptyFolder && format == Some(ManifestFormat::V2025_12_04Beta) {
            match self.judge_path(&item.path) {
                Ok(path) => {
                    self.empty_folders.insert(path);
                }
                Err(error) => self.refuse(0, Problem::bad_path(error, &item.path)),
            }
        } else {
            let problem = Problem::not_taken(item);
            self.failures.note_other(&item.path, 0, false, &problem);
        }
    }

    /// Takes what happened, at that time in milliseconds of any clock that never goes back.
    pub fn handle(&mut self, now: u64, event: Event) {
        let passed = now.saturating_sub(self.now);
        self.now += passed;
        if self.paused || self.credentials.needed.is_some() || self.breaker.is_open() {
            self.stood_still += passed;
        }
        if event == Event::RetryFailed {
            self.begin_again();
        }
        if self.outcome.is_some() {
            return;
        }
        if self.announced_wait.is_some_and(|time| time <= self.now) {
            // A timer that should have rung by now may never do so.
            self.announced_wait = None;
        }
        if self.ending.is_some() {
            self.handle_while_ending(event);
            return;
        }
        match event {
            Event::IntakeEnded => self.intake_ended = true,
            Event::IntakeLost if !self.intake_ended => self.fail(Problem::intake_lost()),
            Event::IntakeLost => {}
            Event::Select(patterns) => self.select(patterns),
            Event::Begin => self.begin(),
            Event::Hashed {
                file,
                offset,
                hash,
                parts,
            } => self.hashed(file, offset, hash, parts),
            Event::HashFailed { file, offset, why } => self.hash_failed(file, offset, why),
            Event::HashProgress {
                file,
                offset,
                bytes,
            } => self.hashing.read_so_far(file, offset, bytes),
            Event::Refreshed {
                file,
                size,
                modified,
            } => self.refreshed(file, size, modified),
            Event::RefreshFailed { file, why } => self.refresh_failed(file, why),
            Event::LookedUp { wall, contents } => self.looked_up(wall, contents),
            Event::SendProgress { request, bytes } => self.send_progress(request, bytes),
            Event::Answered {
                request,
                answer,
                source,
            } => self.answered(request, &answer, source),
            Event::Unanswered { request, source } => self.unanswered(request, source),
            Event::Unsigned { request, problem } => self.unsigned(request, problem),
            Event::CredentialsRenewed => self.credentials_renewed(),
            Event::CredentialsRefused(problem) => self.credentials_refused(problem),
            Event::TimePassed => self.announced_wait = None,
            Event::Paused => self.pause(),
            Event::Resumed => self.resume(),
            Event::Cancelled => self.cancel(),
            // Done already, where the upload had ended.
            Event::RetryFailed => {}
        }
        if self.ending.is_none() && self.outcome.is_none() {
            self.give_up_silent();
            self.requests.wake(self.now);
            self.start_uploads();
            self.judge_claims();
            self.settle();
        }
        self.note_progress();
    }

    /// The next thing to do; call it until it gives nothing.
    pub fn poll_action(&mut self) -> Option<Action> {
        if let Some(action) = self.out.pop_front() {
            return Some(action);
        }
        if self.outcome.is_some() {
            return self.last_actions();
        }
        if self.ending.is_some() {
            return self.next_closing().or_else(|| self.next_wait());
        }
        self.next_hashing()
            .or_else(|| self.next_lookup())
            .or_else(|| self.next_manifest_piece())
            .or_else(|| self.next_request())
            .or_else(|| self.next_after_dropping())
            .or_else(|| self.next_records())
            .or_else(|| self.next_report())
            .or_else(|| self.next_wait())
    }

    /// What follows if the last things that waited are not wanted any more: no event may come after it.
    fn next_after_dropping(&mut self) -> Option<Action> {
        if !std::mem::take(&mut self.requests.has_dropped) {
            return None;
        }
        self.settle();
        self.note_progress();
        self.poll_action()
    }

    /// How many readings run at once.
    #[must_use]
    pub fn hash_lanes(&self) -> usize {
        self.settings.limits.hash_lanes.max(1)
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Distinct contents that are known so far.
    #[must_use]
    pub fn object_count(&self) -> usize {
        self.contents.len()
    }

    /// One of them, by its place from 0; `None` for one that is not in the store, so far or at all.
    #[must_use]
    pub fn object(&self, index: usize) -> Option<ObjectResult> {
        let index = u32::try_from(index).ok()?;
        if index as usize >= self.contents.len() {
            return None;
        }
        let content = self.contents.get(ContentId(index));
        let (was_written, verification) = content.stage.result()?;
        Some(ObjectResult {
            key: self.settings.layout.location.content_key(content.hash),
            size: content.size,
            was_written,
            verification,
        })
    }

    fn is_over(&self) -> bool {
        self.outcome.is_some() || self.ending.is_some()
    }

    /// One file cannot be taken; the others go on.
    fn fail_file(&mut self, id: FileId, problem: Problem) {
        let file = self.files.get_mut(id);
        if file.state == crate::files::FileState::Failed {
            return;
        }
        file.state = crate::files::FileState::Failed;
        let (size, problem) = (file.size, problem.of_file(file.path.as_str()));
        self.tally.failed.add(1, size);
        self.failures.note(id, &problem);
        self.problems.push(problem);
    }

    fn fail_unread(&mut self, id: FileId, why: ReadFailure) {
        self.fail_file(id, Problem::unread(why));
    }

    /// The driver need not keep this file any more.
    fn release(&mut self, id: FileId) {
        match self.out.back_mut() {
            Some(Action::Release(files)) if files.len() < 256 => files.push(id),
            _ => self.out.push_back(Action::Release(vec![id])),
        }
    }

    /// The file is needed once more, so it is not let go of after all.
    fn keep(&mut self, id: FileId) {
        for action in &mut self.out {
            if let Action::Release(files) = action {
                files.retain(|file| *file != id);
            }
        }
    }

    fn pause(&mut self) {
        if !self.paused {
            self.paused = true;
            self.meter.pause();
            self.take_back_data();
        }
    }

    fn resume(&mut self) {
        self.paused = false;
        self.breaker.hope_anew(self.now);
    }

    /// Looks whether data is complete, and then sends the manifest or says why there is none.
    fn settle(&mut self) {
        let data_is_settled = self.intake_ended
            && self.hashing.is_idle()
            && self.lookups.is_idle()
            && self.refreshing.is_empty()
            && self.uploads.is_empty()
            && self.requests.is_idle()
            && self.manifest.is_none();
        if self.is_over() || !data_is_settled || self.hashes_are_waited_for() {
            return;
        }
        let is_empty = self.file_count() == 0 && self.empty_folders.is_empty();
        if self.hold.is_on && !is_empty {
            return;
        }
        if self.problems.is_empty() && is_empty && self.all_are_left_out() {
            self.fail(self.nothing_left());
        } else if self.problems.is_empty() && is_empty {
            self.fail(Problem::nothing_to_upload());
        } else if !self.problems.is_empty() {
            let problems = std::mem::take(&mut self.problems);
            self.end(Outcome::Failed(problems));
        } else if self.settings.manifest.is_some() {
            self.start_manifests();
        } else {
            self.complete();
        }
    }
}

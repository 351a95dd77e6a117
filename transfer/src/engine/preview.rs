//! An upload that waits for its beginning: files are read and the store is asked, but nothing leaves that changes
//! it, and the person is told what would be sent. Until the beginning any choice of files can be taken back, so
//! nothing of a file that is left out is forgotten; at the beginning it is let go of.

use super::stages::Amount;
use super::{Engine, FileId};
use crate::content::{ContentId, Piece, Stage};
use crate::files::FileState;
use crate::not_taken::{NotTaken, WhyNotTaken};
use crate::patterns::Patterns;
use crate::problem::Problem;
use crate::progress::PhaseProgress;

/// What an upload that waits for its beginning would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// Files that belong to the upload, of those that were added so far.
    pub files: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// How many of these files are not read yet, or not known to be in the store or not.
    pub files_unseen: u64,
    /// How many of these files cannot be uploaded: with them there will be no manifest.
    pub files_failed: u64,
    /// Distinct contents of these files that the store holds.
    pub contents_in_store: u64,
    /// Bytes of these contents.
    pub bytes_in_store: u64,
    /// Distinct contents of these files that will be sent.
    pub contents_new: u64,
    /// Bytes of these contents.
    pub bytes_new: u64,
    /// Files that the patterns leave out, or that workers have.
    pub files_left_out: u64,
    /// Bytes of these.
    pub bytes_left_out: u64,
    /// All files are added, read and asked for: the numbers will not change by themselves any more.
    pub is_ready: bool,
    /// How long sending the new contents may take; none while it is not ready, or nobody can say.
    pub estimate: Option<Estimate>,
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Milliseconds.
    pub time: u64,
    /// What it is told from.
    pub basis: Basis,
}

/// What an estimate is told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The speed of an earlier upload to this store.
    EarlierUpload,
    /// The cap on bytes each second.
    Cap,
}

/// Files that the patterns leave out, or that workers have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// All of them.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The first of them, by name.
    pub first: Vec<NotTaken>,
}

/// The time before the beginning, and what was chosen in it.
#[derive(Debug, Default)]
pub(super) struct Hold {
    /// Nothing leaves but questions.
    pub(super) is_on: bool,
    patterns: Patterns,
    /// Since the beginning: what was let go of.
    left_out: Amount,
    /// The last count.
    preview: Preview,
    /// When that was, in milliseconds.
    counted: Option<u64>,
    /// Something has happened since then.
    is_stale: bool,
}

/// The numbers of one count.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub(super) hashing: PhaseProgress,
    pub(super) checking: PhaseProgress,
    pub(super) uploading: PhaseProgress,
}

/// A count looks at every file: so many files are worth a millisecond of waiting before the next one.
const FILES_FOR_A_MILLISECOND: u64 = 1_000;
/// Time between two counts of few files, in milliseconds.
const COUNT_EVERY: u64 = 100;

impl Hold {
    pub(super) fn new(is_on: bool) -> Self {
        Self {
            is_on,
            ..Self::default()
        }
    }

    /// Why this path does not belong to the upload, if it does not.
    pub(super) fn leaves_out(&self, path: &str) -> Option<WhyNotTaken> {
        self.patterns.leaves_out(path)
    }
}

impl Engine {
    /// Notes that these patterns decide from now on which files belong to the upload. Without effect once it has
    /// begun.
    pub(super) fn select(&mut self, patterns: Patterns) {
        if !self.hold.is_on {
            return;
        }
        for file in self.files.iter_mut() {
            let path = file.path.as_str();
            file.is_left_out =
                self.roots.shared(path).is_some() || patterns.leaves_out(path).is_some();
        }
        self.hold.patterns = patterns;
        self.look_for_files_to_read();
        self.count_at_once();
    }

    /// Lets the upload go. Without effect if it goes already.
    pub(super) fn begin(&mut self) {
        if !self.hold.is_on {
            return;
        }
        self.hold.is_on = false;
        self.let_go_of_left_out();
        self.claim_roots();
        if self.is_over() {
            return;
        }
        self.give_up_all_remembered();
        self.reporting.begin_anew();
    }

    /// What the upload would do; `None` unless it waits for its beginning.
    pub(super) fn preview(&self) -> Option<Preview> {
        (self.hold.is_on && !self.is_over()).then(|| self.hold.preview.clone())
    }

    /// Why this path does not belong to the upload, if it does not.
    pub(super) fn why_left_out(&self, path: &str) -> Option<WhyNotTaken> {
        let shared = self.roots.shared(path).map(|_| WhyNotTaken::Shared);
        shared.or_else(|| self.hold.leaves_out(path))
    }

    /// Nothing is left to upload: why.
    pub(super) fn nothing_left(&self) -> Problem {
        let mut shared = self
            .files
            .iter()
            .filter_map(|file| self.roots.shared(file.path.as_str()));
        shared
            .next()
            .map_or_else(Problem::all_left_out, |location| {
                Problem::all_shared(location.as_str())
            })
    }

    fn left_out_file(&self, path: &str, why: WhyNotTaken) -> NotTaken {
        let location = self.roots.shared(path).map(ToString::to_string);
        let reason = match (&location, why) {
            (Some(location), _) => format!("Workers have it at the shared location {location}."),
            (None, WhyNotTaken::NotIncluded) => "No include pattern matches it.".to_owned(),
            (None, _) => "An exclude pattern matches it.".to_owned(),
        };
        NotTaken {
            path: path.to_owned(),
            why,
            reason,
            location,
        }
    }

    /// The files that the patterns leave out, or that workers have, at most so many of them by name.
    #[must_use]
    pub fn left_out(&self, most: usize) -> LeftOut {
        let mut told = LeftOut {
            files: self.hold.left_out.count,
            bytes: self.hold.left_out.bytes,
            first: Vec::new(),
        };
        for file in self.files.iter().filter(|file| file.is_left_out) {
            if self.hold.is_on {
                told.files += 1;
                told.bytes = told.bytes.saturating_add(file.size);
            }
            let path = file.path.as_str();
            if told.first.len() < most
                && let Some(why) = self.why_left_out(path)
            {
                told.first.push(self.left_out_file(path, why));
            } else if !self.hold.is_on {
                break;
            }
        }
        told
    }

    /// A file that comes after the beginning and does not belong to the upload.
    pub(super) fn leave_out_at_once(&mut self, id: FileId) {
        let file = self.files.get_mut(id);
        file.state = FileState::LeftOut;
        self.hold.left_out.add(1, file.size);
        self.release(id);
    }

    /// Files that belong to the upload.
    pub(super) fn file_count(&self) -> u64 {
        self.files.len() as u64 - self.hold.left_out.count
    }

    /// Whether files were added, and every one of them was left out.
    pub(super) fn all_are_left_out(&self) -> bool {
        self.hold.left_out.count > 0 && self.file_count() == 0
    }

    /// Takes a count if it is time for one; tells whether it was.
    pub(super) fn count_in_time(&mut self) -> Option<Count> {
        if self.next_count().is_some_and(|time| self.now < time) {
            self.hold.is_stale = true;
            return None;
        }
        self.hold.is_stale = false;
        self.hold.counted = Some(self.now);
        let (preview, count) = self.count();
        self.hold.preview = preview;
        Some(count)
    }

    /// When the next count is due, in milliseconds; none for the first one.
    fn next_count(&self) -> Option<u64> {
        let many = self.files.len() as u64 / FILES_FOR_A_MILLISECOND;
        self.hold.counted.map(|time| time + COUNT_EVERY + many)
    }

    /// When somebody has to come back for a count.
    pub(super) fn awaited_count(&self) -> Option<u64> {
        let is_awaited = self.hold.is_on && self.hold.is_stale;
        self.next_count().filter(|_| is_awaited)
    }

    fn count_at_once(&mut self) {
        self.hold.counted = None;
        // What is done may be less now.
        self.reporting.begin_anew();
    }

    fn count(&self) -> (Preview, Count) {
        let mut preview = Preview::default();
        let mut wanted = vec![false; self.contents.len()];
        let (mut read, mut failed, mut seen) =
            (Amount::default(), Amount::default(), Amount::default());
        for (id, file) in (0_u32..).map(FileId).zip(self.files.iter()) {
            if file.is_left_out {
                preview.files_left_out += 1;
                preview.bytes_left_out = preview.bytes_left_out.saturating_add(file.size);
                continue;
            }
            preview.files += 1;
            preview.bytes = preview.bytes.saturating_add(file.size);
            let mut is_seen = true;
            let mut known = 0;
            let mut note = |content: ContentId| {
                wanted[content.0 as usize] = true;
                known += 1;
                is_seen &= self.contents.get(content).stage.is_checked();
            };
            match file.state {
                FileState::Failed => {
                    failed.add(1, file.size);
                    continue;
                }
                FileState::Hashed(content) => note(content),
                FileState::Chunked(place) => {
                    let chunks = &self.files.chunks(place).contents;
                    chunks.iter().flatten().copied().for_each(note);
                }
                FileState::Found | FileState::Refreshing | FileState::LeftOut => {}
            }
            if known == self.files.pieces(id) {
                read.add(1, file.size);
                if is_seen {
                    seen.add(1, file.size);
                }
            }
        }
        for (id, _) in (0_u32..).zip(wanted).filter(|(_, is_wanted)| *is_wanted) {
            let content = self.contents.get(ContentId(id));
            match content.stage {
                Stage::Skipped(_) => {
                    preview.contents_in_store += 1;
                    preview.bytes_in_store = preview.bytes_in_store.saturating_add(content.size);
                }
                Stage::Missing { .. } => {
                    preview.contents_new += 1;
                    preview.bytes_new = preview.bytes_new.saturating_add(content.size);
                }
                _ => {}
            }
        }
        preview.files_failed = failed.count;
        preview.files_unseen = preview.files - failed.count - seen.count;
        preview.is_ready = self.intake_ended && preview.files_unseen == 0;
        preview.estimate = self.estimate(&preview);
        let bytes_read = read.bytes.saturating_add(failed.bytes);
        let being_read = bytes_read.saturating_add(self.hashing.bytes_under_way());
        let count = Count {
            hashing: PhaseProgress {
                files_done: read.count + failed.count,
                files_total: preview.files,
                bytes_done: being_read.min(preview.bytes),
                bytes_total: preview.bytes,
            },
            checking: PhaseProgress {
                files_done: seen.count,
                files_total: preview.files - failed.count,
                bytes_done: seen.bytes,
                bytes_total: preview.bytes.saturating_sub(failed.bytes),
            },
            uploading: PhaseProgress {
                files_done: 0,
                files_total: preview.contents_new,
                bytes_done: 0,
                bytes_total: preview.bytes_new,
            },
        };
        (preview, count)
    }

    fn estimate(&self, preview: &Preview) -> Option<Estimate> {
        let cap = self
            .settings
            .limits
            .bandwidth
            .map(|speed| (speed, Basis::Cap));
        let earlier = self.settings.earlier_speed;
        let earlier = earlier.map(|speed| (speed, Basis::EarlierUpload));
        let slowest = earlier
            .into_iter()
            .chain(cap)
            .filter(|(speed, _)| *speed > 0);
        let (speed, basis) = slowest.min_by_key(|(speed, _)| *speed)?;
        let time = u128::from(preview.bytes_new) * 1_000 / u128::from(speed);
        (preview.is_ready && preview.bytes_new > 0).then(|| Estimate {
            time: u64::try_from(time).unwrap_or(u64::MAX),
            basis,
        })
    }

    /// Files that are left out have no part in it from now on.
    fn let_go_of_left_out(&mut self) {
        let patterns = std::mem::take(&mut self.hold.patterns);
        let roots = &self.roots;
        let is_in =
            |path: &str| patterns.leaves_out(path).is_none() && roots.shared(path).is_none();
        self.empty_folders.retain(|path| is_in(path.as_str()));
        self.problems
            .retain(|problem| problem.file.as_deref().is_none_or(is_in));
        let files = &self.files;
        self.failures
            .forget(|file| !files.get(file).is_left_out, is_in);
        self.hold.patterns = patterns;
        if !self.files.iter().any(|file| file.is_left_out) {
            return;
        }
        for index in 0..self.files.len() {
            let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            let file = self.files.get_mut(id);
            file.next = None;
            if file.is_left_out {
                file.state = FileState::LeftOut;
                let size = file.size;
                self.hold.left_out.add(1, size);
                self.refreshing.remove(&id);
                self.hashing.to_refresh.remove(&id);
                self.release(id);
            }
        }
        self.hashing.forget_pieces_of_left_out(&self.files);
        self.link_anew();
        self.count_anew();
    }

    /// Each content knows its files again, and is read where it still can be.
    fn link_anew(&mut self) {
        for content in self.contents.iter_mut() {
            content.pieces = 0;
            content.first_file = None;
        }
        for index in 0..self.files.len() {
            let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            for (content, piece) in self.files.contents(id) {
                self.link(content, piece);
            }
        }
        for index in 0..self.contents.len() {
            let id = ContentId(u32::try_from(index).unwrap_or(u32::MAX));
            let content = self.contents.get(id);
            if content.pieces == 0 && !matches!(content.stage, Stage::Failed | Stage::Dropped) {
                self.set_stage(id, Stage::Dropped);
            }
        }
    }

    fn link(&mut self, id: ContentId, piece: Piece) {
        let is_whole = self.files.pieces(piece.file) == 1;
        let source_is_gone =
            self.files.get(self.contents.get(id).source.file).state == FileState::LeftOut;
        let content = self.contents.get_mut(id);
        content.pieces += 1;
        if source_is_gone {
            content.source = piece;
        }
        if is_whole {
            let next = content.first_file.replace(piece.file);
            self.files.get_mut(piece.file).next = next;
        }
    }

    /// Nothing was sent yet, so all counters follow from files and contents.
    fn count_anew(&mut self) {
        self.hashing.begin_count();
        self.found_bytes = 0;
        let (asked, absent) = (self.tally.asked, self.tally.absent);
        self.tally = super::stages::Tally {
            asked,
            absent,
            ..Default::default()
        };
        for index in 0..self.files.len() {
            let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            let file = self.files.get(id);
            if file.state == FileState::LeftOut {
                continue;
            }
            let (size, state) = (file.size, file.state);
            self.found_bytes = self.found_bytes.saturating_add(size);
            self.tally.extra_pieces += u64::from(self.files.pieces(id) - 1);
            let is_read = self.files.contents(id).len() == self.files.pieces(id) as usize;
            if state == FileState::Failed {
                self.tally.failed.add(1, size);
            }
            self.hashing
                .count_file(size, is_read || state == FileState::Failed);
        }
        for index in 0..self.contents.len() {
            let id = ContentId(u32::try_from(index).unwrap_or(u32::MAX));
            self.tally.count(self.contents.get(id));
        }
    }

    /// What was put off because it changes the store.
    fn give_up_all_remembered(&mut self) {
        let mut known: Vec<ContentId> = self.lookups.uploads.keys().copied().collect();
        // The same events give the same actions.
        known.sort_unstable();
        for id in known {
            if matches!(self.contents.get(id).stage, Stage::Skipped(_)) {
                self.give_up_remembered(id);
            }
        }
    }
}

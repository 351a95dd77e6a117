//! Moving a content on, with the counters in step.

use super::{Engine, FileId};
use crate::action::Action;
use crate::content::{Content, ContentId, Stage};
use crate::features::Verification;
use crate::files::FileState;
use crate::journal::Record;
use crate::parts::part_size;
use crate::problem::Problem;

/// Contents that may be given up one by one; when more fail it is not their fault.
const MOST_GIVEN_UP: u32 = 5;

/// Counters behind [`Progress`](crate::Progress).
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) failed: Amount,
    /// Pieces beyond the first one of files that are cut.
    pub(super) extra_pieces: u64,
    /// In pieces: whole files and chunks.
    pub(super) checked: Amount,
    pub(super) to_send: Amount,
    pub(super) sent: Amount,
    pub(super) written: Amount,
    pub(super) skipped: Amount,
    pub(super) by_server: u64,
    pub(super) by_size: u64,
    pub(super) not_verified: u64,
    /// Checks so far, and how many of them found nothing.
    pub(super) asked: u64,
    pub(super) absent: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Amount {
    pub(super) count: u64,
    pub(super) bytes: u64,
}

impl Amount {
    pub(super) fn add(&mut self, count: u64, bytes: u64) {
        self.count += count;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(super) fn remove(&mut self, count: u64, bytes: u64) {
        self.count = self.count.saturating_sub(count);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

impl Tally {
    /// Counts a content of an upload of which nothing was sent yet.
    pub(super) fn count(&mut self, content: &Content) {
        let pieces = u64::from(content.pieces);
        if content.stage.is_checked() {
            self.checked
                .add(pieces, pieces.saturating_mul(content.size));
        }
        match content.stage {
            Stage::Missing { .. } => self.to_send.add(1, content.size),
            Stage::Skipped(verification) => {
                self.skipped.add(1, content.size);
                self.verified(verification);
            }
            _ => {}
        }
    }

    fn verified(&mut self, verification: Verification) {
        match verification {
            Verification::ByServer => self.by_server += 1,
            Verification::BySize => self.by_size += 1,
            Verification::NotVerified => self.not_verified += 1,
        }
    }
}

impl Stage {
    /// Whether the store holds the content: if this upload wrote it, and how sure that is.
    pub(crate) fn result(self) -> Option<(bool, Verification)> {
        match self {
            Self::Skipped(verification) => Some((false, verification)),
            Self::Written(verification) => Some((true, verification)),
            _ => None,
        }
    }

    /// Whether it is known what the store holds.
    pub(super) fn is_checked(self) -> bool {
        !matches!(self, Self::Unknown | Self::Claimed | Self::Unchecked)
    }
}

impl Engine {
    /// Moves a content on; what has to be done next is queued.
    pub(super) fn set_stage(&mut self, id: ContentId, stage: Stage) {
        let content = self.contents.get_mut(id);
        let before = std::mem::replace(&mut content.stage, stage);
        let (size, hash, pieces) = (content.size, content.hash, u64::from(content.pieces));
        match (before.is_checked(), stage.is_checked()) {
            (false, true) => self.tally.checked.add(pieces, pieces.saturating_mul(size)),
            (true, false) => self
                .tally
                .checked
                .remove(pieces, pieces.saturating_mul(size)),
            _ => {}
        }
        let was_missing = matches!(before, Stage::Missing { .. });
        if was_missing && !matches!(stage, Stage::Missing { .. } | Stage::Written(_)) {
            self.tally.to_send.remove(1, size);
        }
        match stage {
            Stage::Missing { .. } => {
                if !was_missing {
                    self.tally.to_send.add(1, size);
                }
                self.queue_send(id);
            }
            Stage::Skipped(verification) => {
                self.tally.skipped.add(1, size);
                self.give_up_remembered(id);
                self.settled(id, verification);
            }
            Stage::Written(verification) => {
                if !was_missing {
                    self.tally.to_send.add(1, size);
                }
                self.tally.sent.add(1, size);
                self.tally.written.add(1, size);
                self.settled(id, verification);
            }
            Stage::Unchecked => self.queue_check(id),
            Stage::Failed | Stage::Dropped => {
                // An upload that an earlier run began of it stays known: another file may turn out to have the
                // same content.
                self.hashing.parts.remove(&id);
                // Says nothing about the journal.
                self.note_sample(id, true);
            }
            Stage::Unknown | Stage::Claimed => {}
        }
        // What was only believed keeps its age.
        if stage
            .result()
            .is_some_and(|(written, seen)| written || seen != Verification::NotVerified)
        {
            self.remember(Record::Seen(hash));
        }
    }

    pub(super) fn queue_send(&mut self, id: ContentId) {
        let size = self.contents.get(id).size;
        if self.server.joins_parts && part_size(size).is_some() {
            self.requests.large.push_back(id);
        } else {
            self.requests.sends.push_back(id);
        }
    }

    /// The store holds this content.
    fn settled(&mut self, id: ContentId, verification: Verification) {
        self.tally.verified(verification);
        self.forget_parts(id);
        for file in self.files_with(id) {
            self.release(file);
        }
        for piece in self.pieces_of_cut_files(id) {
            self.release_if_settled(piece.file);
        }
    }

    /// Lets go of a file once nothing of it has to be sent any more.
    pub(super) fn release_if_settled(&mut self, file: FileId) {
        let contents = self.files.contents(file);
        let all_known = contents.len() == self.files.pieces(file) as usize;
        let is_settled = |id: ContentId| self.contents.get(id).is_settled();
        if all_known && contents.iter().all(|(id, _)| is_settled(*id)) {
            self.release(file);
        }
    }

    /// The whole files that have this content.
    pub(super) fn files_with(&self, id: ContentId) -> Vec<FileId> {
        let first = self.contents.get(id).first_file;
        std::iter::successors(first, |file| self.files.get(*file).next).collect()
    }

    fn pieces_of_cut_files(&self, id: ContentId) -> Vec<crate::content::Piece> {
        if self.tally.extra_pieces == 0 {
            return Vec::new();
        }
        self.files.pieces_with(id)
    }

    /// Another place where the content can be read.
    pub(super) fn other_source(&self, id: ContentId) -> Option<crate::content::Piece> {
        let whole = self.contents.get(id).first_file;
        let whole = whole.map(|file| crate::content::Piece { file, chunk: 0 });
        whole.or_else(|| self.pieces_of_cut_files(id).into_iter().next())
    }

    /// This content cannot be sent; every file that has it is reported.
    pub(super) fn fail_content(&mut self, id: ContentId, problem: &Problem) {
        self.close_upload(id);
        self.set_stage(id, Stage::Failed);
        let cut = self.pieces_of_cut_files(id);
        let files = self.files_with(id);
        for file in files
            .into_iter()
            .chain(cut.into_iter().map(|piece| piece.file))
        {
            self.abandon(file);
            self.fail_file(file, problem.clone());
        }
        self.given_up += 1;
        if self.given_up > MOST_GIVEN_UP {
            self.fail(problem.clone());
        }
    }

    /// Writes something into the journal, soon.
    pub(super) fn remember(&mut self, record: Record) {
        if self.settings.has_journal {
            self.records.push(record);
        }
    }

    /// Writes something into the journal at once: the next run depends on it.
    pub(super) fn remember_now(&mut self, record: Record) {
        self.remember(record);
        self.flush_records();
    }

    pub(super) fn flush_records(&mut self) {
        if !self.records.is_empty() {
            let records = std::mem::take(&mut self.records);
            self.out.push_back(Action::Remember(records));
        }
    }

    /// Whether the file will be in the manifest.
    pub(super) fn is_in_manifest(state: FileState) -> bool {
        matches!(state, FileState::Hashed(_) | FileState::Chunked(_))
    }
}

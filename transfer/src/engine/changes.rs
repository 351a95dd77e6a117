//! Files that are not what they were when they were added: a fresh look, a new reading, and in the end
//! a report. Content that other files have too is read there instead.

use super::{Engine, FileId};
use crate::action::Action;
use crate::content::{ContentId, Piece, Stage};
use crate::event::ReadFailure;
use crate::files::FileState;
use crate::parts::LARGEST_OBJECT;
use crate::problem::Problem;

/// Fresh looks at one file; one that still changes then is being written to.
const MOST_CHANGES: u8 = 3;

impl Engine {
    /// The file that a content was being read from failed.
    pub(super) fn source_failed(&mut self, content: ContentId, why: ReadFailure) {
        let file = self.contents.get(content).source.file;
        self.lose_file(file, why);
    }

    /// The file is not what was hashed, or cannot be read.
    pub(super) fn lose_file(&mut self, id: FileId, why: ReadFailure) {
        let state = self.files.get(id).state;
        if matches!(
            state,
            FileState::Refreshing | FileState::Failed | FileState::LeftOut
        ) {
            return;
        }
        let contents = self.files.contents(id);
        let was_done = contents.len() == self.files.pieces(id) as usize;
        for (content, piece) in contents {
            self.detach(content, piece);
        }
        self.hashing.forget_pieces(id);
        let size = self.files.get(id).size;
        if was_done {
            self.hashing.file_is_not_done(size);
        }
        let file = self.files.get_mut(id);
        if file.changes < MOST_CHANGES {
            file.changes += 1;
            file.state = FileState::Refreshing;
            self.refreshing.insert(id, why);
            self.keep(id);
            self.hashing.to_refresh.insert(id);
            self.refresh_unless_read(id);
        } else {
            // The browser says that a file cannot be read also when it changed before the first byte was.
            let why = match why {
                ReadFailure::Unreadable if file.has_changed => ReadFailure::Changed,
                why => why,
            };
            self.hashing.file_is_done(size);
            self.fail_unread(id, why);
        }
    }

    /// Asks for a fresh look at a lost file, once nothing of it is read any more: what an old reading
    /// tells must not be taken for what a new one does.
    pub(super) fn refresh_unless_read(&mut self, id: FileId) {
        if !self.hashing.reads(id) && self.hashing.to_refresh.remove(&id) {
            self.out.push_back(Action::Refresh(id));
        }
    }

    /// The file fails because of one of its pieces: the others are of no use any more.
    pub(super) fn abandon(&mut self, id: FileId) {
        if matches!(
            self.files.get(id).state,
            FileState::Failed | FileState::LeftOut
        ) {
            return;
        }
        let contents = self.files.contents(id);
        let was_done = contents.len() == self.files.pieces(id) as usize;
        for (content, piece) in contents {
            self.detach(content, piece);
        }
        self.hashing.forget_pieces(id);
        if !was_done {
            self.hashing.file_is_done(self.files.get(id).size);
        }
    }

    /// A piece does not have this content any more.
    fn detach(&mut self, content: ContentId, piece: Piece) {
        self.unlink(content, piece.file);
        // So that the search for another source does not find it.
        self.files.get_mut(piece.file).state = FileState::Refreshing;
        let known = self.contents.get_mut(content);
        known.pieces = known.pieces.saturating_sub(1);
        let is_checked = !matches!(
            known.stage,
            Stage::Unknown | Stage::Claimed | Stage::Unchecked
        );
        let (size, is_settled, source) = (known.size, known.is_settled(), known.source);
        if is_checked {
            self.tally.checked.remove(1, size);
        }
        if source.file != piece.file {
            return;
        }
        match self.other_source(content) {
            Some(other) => self.contents.get_mut(content).source = other,
            None if is_settled => {}
            None => {
                self.close_upload(content);
                self.set_stage(content, Stage::Dropped);
            }
        }
    }

    /// Takes a file out of the list of those that have the same content.
    fn unlink(&mut self, content: ContentId, file: FileId) {
        let next = self.files.get_mut(file).next.take();
        let known = self.contents.get_mut(content);
        if known.first_file == Some(file) {
            known.first_file = next;
            return;
        }
        let mut at = known.first_file;
        while let Some(other) = at {
            let link = &mut self.files.get_mut(other).next;
            if *link == Some(file) {
                *link = next;
                return;
            }
            at = *link;
        }
    }

    pub(super) fn refreshed(&mut self, id: FileId, size: u64, modified: i64) {
        if self.refreshing.remove(&id).is_none() {
            return;
        }
        let old_pieces = u64::from(self.files.pieces(id) - 1);
        let file = self.files.get_mut(id);
        file.has_changed |= (size, modified) != (file.size, file.modified);
        let old_size = std::mem::replace(&mut file.size, size);
        file.modified = modified;
        file.state = FileState::Found;
        self.found_bytes = self
            .found_bytes
            .saturating_sub(old_size)
            .saturating_add(size);
        self.tally.extra_pieces -= old_pieces;
        if size > LARGEST_OBJECT {
            self.hashing.file_is_done(size);
            let problem = Problem::too_large(self.files.get(id).path.as_str());
            self.fail_file(id, problem);
            return;
        }
        self.tally.extra_pieces += u64::from(self.files.pieces(id) - 1);
        // Otherwise it is found where files are looked for, and must not be read twice.
        if self.hashing.was_looked_at(id) {
            self.read_anew(id);
        }
    }

    pub(super) fn refresh_failed(&mut self, id: FileId, why: ReadFailure) {
        if let Some(first) = self.refreshing.remove(&id) {
            let file = self.files.get(id);
            // A file that never could be read is not called changed.
            let why = match first {
                ReadFailure::Unreadable if !file.has_changed => ReadFailure::Unreadable,
                _ => why,
            };
            self.hashing.file_is_done(file.size);
            self.fail_unread(id, why);
        }
    }
}

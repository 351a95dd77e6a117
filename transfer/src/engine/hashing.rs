//! Which files are read when: lanes, small files bundled into one reading, large ones with the hashes
//! of their parts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rusty_attachments_model::ContentHash;

use super::{Engine, FileId};
use crate::action::{Action, HashRange};
use crate::content::{ContentId, Piece, Stage};
use crate::event::ReadFailure;
use crate::files::{FileState, Files};
use crate::journal::Record;
use crate::parts::part_size;

/// Ranges from this size on get a reading of their own, in bytes.
const LARGE: u64 = 2 << 20;
/// A bundle of small files holds at most so many bytes ...
const BUNDLE_BYTES: u64 = 8 << 20;
/// ... and so many files: more does not read faster (guide `performance.md`).
const BUNDLE_FILES: usize = 64;

/// The readings that wait, and those under way.
#[derive(Debug)]
pub(super) struct Hashing {
    lanes: usize,
    /// The first file that was not looked at yet.
    next: u32,
    /// Pieces to be read before that.
    pieces: VecDeque<Piece>,
    /// Contents whose parts have to be hashed before they can be sent.
    parts_wanted: VecDeque<ContentId>,
    /// By file and first byte.
    under_way: BTreeMap<(FileId, u64), Reading>,
    /// Ranges of each reading that were not reported yet.
    left: BTreeMap<u32, usize>,
    last: u32,
    /// Lost files of which something is still being read.
    pub(super) to_refresh: BTreeSet<FileId>,
    /// Hashes of the parts of large contents, until they are sent.
    pub(super) parts: BTreeMap<ContentId, Box<[ContentHash]>>,
    /// Files whose hashes are all known, and failed ones.
    pub(super) files_done: u64,
    pub(super) bytes_done: u64,
    /// Files that are added and not all read.
    unread: u64,
}

#[derive(Debug)]
struct Reading {
    number: u32,
    bytes: u64,
    /// Only the hashes of this content's parts are wanted.
    parts_of: Option<ContentId>,
}

impl Hashing {
    pub(super) fn new(lanes: usize) -> Self {
        Self {
            lanes: lanes.max(1),
            next: 0,
            pieces: VecDeque::new(),
            parts_wanted: VecDeque::new(),
            under_way: BTreeMap::new(),
            left: BTreeMap::new(),
            last: 0,
            to_refresh: BTreeSet::new(),
            parts: BTreeMap::new(),
            files_done: 0,
            bytes_done: 0,
            unread: 0,
        }
    }

    /// Whether all files that were added are hashed.
    pub(super) fn is_idle(&self) -> bool {
        self.unread == 0 && self.under_way.is_empty() && self.parts_wanted.is_empty()
    }

    pub(super) fn read_so_far(&mut self, file: FileId, offset: u64, bytes: u64) {
        if let Some(reading) = self.under_way.get_mut(&(file, offset)) {
            reading.bytes = bytes;
        }
    }

    pub(super) fn bytes_under_way(&self) -> u64 {
        let first_readings = self.under_way.values();
        first_readings
            .filter(|reading| reading.parts_of.is_none())
            .map(|reading| reading.bytes)
            .sum()
    }

    /// Takes the report on a range; gives what it was read for, or nothing if none was awaited.
    fn finish(&mut self, file: FileId, offset: u64) -> Option<Reading> {
        let reading = self.under_way.remove(&(file, offset))?;
        if let Some(left) = self.left.get_mut(&reading.number) {
            *left -= 1;
            if *left == 0 {
                self.left.remove(&reading.number);
            }
        }
        Some(reading)
    }

    /// All pieces of a file are read, or it failed.
    pub(super) fn file_is_done(&mut self, size: u64) {
        self.unread = self.unread.saturating_sub(1);
        self.files_done += 1;
        self.bytes_done = self.bytes_done.saturating_add(size);
    }

    /// A file that was done is to be read anew.
    pub(super) fn file_is_not_done(&mut self, size: u64) {
        self.unread += 1;
        self.files_done = self.files_done.saturating_sub(1);
        self.bytes_done = self.bytes_done.saturating_sub(size);
    }

    /// Drops what is wanted of a file that failed or is looked at anew.
    pub(super) fn forget_pieces(&mut self, file: FileId) {
        self.pieces.retain(|piece| piece.file != file);
    }

    /// Counts anew, and reads only what is wanted from now on of so many files.
    pub(super) fn begin_again(&mut self, files: usize) {
        self.stop();
        self.next = u32::try_from(files).unwrap_or(u32::MAX);
        self.unread = 0;
        self.files_done = 0;
        self.bytes_done = 0;
    }

    /// There is one more file that is not all read.
    pub(super) fn file_is_unread(&mut self) {
        self.unread += 1;
    }

    /// Has these pieces read.
    pub(super) fn want(&mut self, pieces: impl Iterator<Item = Piece>) {
        self.pieces.extend(pieces);
    }

    /// Drops what is wanted of files that have no part in the upload any more.
    pub(super) fn forget_pieces_of_left_out(&mut self, files: &Files) {
        let is_in = |piece: &Piece| files.get(piece.file).state != FileState::LeftOut;
        self.pieces.retain(is_in);
    }

    /// Begins to count files anew.
    pub(super) fn begin_count(&mut self) {
        (self.files_done, self.bytes_done, self.unread) = (0, 0, 0);
    }

    /// Counts one file.
    pub(super) fn count_file(&mut self, size: u64, is_done: bool) {
        self.unread += 1;
        if is_done {
            self.file_is_done(size);
        }
    }

    /// Nothing is read any more.
    pub(super) fn stop(&mut self) {
        self.under_way.clear();
        self.left.clear();
        self.pieces.clear();
        self.parts_wanted.clear();
        self.to_refresh.clear();
    }

    /// Whether files to be read are looked for behind this one only.
    pub(super) fn was_looked_at(&self, file: FileId) -> bool {
        file.0 < self.next
    }

    /// Whether anything of this file is being read.
    pub(super) fn reads(&self, file: FileId) -> bool {
        let mut its = self.under_way.range((file, 0)..=(file, u64::MAX));
        its.next().is_some()
    }
}

impl Engine {
    /// Takes the hashes that an earlier run has found; without any, the file will be read.
    pub(super) fn take_known_hashes(&mut self, file: FileId, known: &[ContentHash]) {
        self.hashing.file_is_unread();
        let count = self.files.pieces(file);
        self.tally.extra_pieces += u64::from(count - 1);
        if known.len() != count as usize {
            return;
        }
        for (chunk, hash) in (0_u32..).zip(known) {
            self.take_hash(Piece { file, chunk }, *hash);
        }
        self.finish_file(file);
    }

    /// Has all pieces of a file read.
    pub(super) fn read_anew(&mut self, file: FileId) {
        let pieces = (0..self.files.pieces(file)).map(|chunk| Piece { file, chunk });
        self.hashing.want(pieces);
    }

    /// Has the parts of a content hashed before it is sent.
    pub(super) fn want_parts(&mut self, content: ContentId) {
        self.hashing.parts_wanted.push_back(content);
    }

    /// Whether a content that waits to be sent in parts needs their hashes first.
    pub(super) fn hashes_are_waited_for(&self) -> bool {
        !self.hashing.parts_wanted.is_empty()
    }

    pub(super) fn next_hashing(&mut self) -> Option<Action> {
        if self.paused || self.hashing.left.len() >= self.hashing.lanes {
            return None;
        }
        let ranges = match self.next_parts_range() {
            Some((content, range)) => {
                self.begin_reading(&[range], Some(content));
                vec![range]
            }
            None => {
                let ranges = self.next_ranges();
                self.begin_reading(&ranges, None);
                ranges
            }
        };
        self.current_file = ranges.first().map(|range| range.file).or(self.current_file);
        (!ranges.is_empty()).then_some(Action::Hash { ranges })
    }

    fn next_parts_range(&mut self) -> Option<(ContentId, HashRange)> {
        // What is sent first shall be hashed first: someone waits for it.
        while let Some(content) = self.hashing.parts_wanted.pop_front() {
            let known = self.contents.get(content);
            if !matches!(known.stage, Stage::Missing { .. }) {
                continue;
            }
            let range = self.range_of(known.source);
            if self
                .hashing
                .under_way
                .contains_key(&(range.file, range.offset))
            {
                self.hashing.parts_wanted.push_front(content);
                return None;
            }
            return Some((content, range));
        }
        None
    }

    /// One large range, or as many small ones as one reading takes.
    fn next_ranges(&mut self) -> Vec<HashRange> {
        let mut ranges: Vec<HashRange> = Vec::new();
        let mut bytes = 0;
        while ranges.len() < BUNDLE_FILES {
            let Some(piece) = self.peek_piece() else {
                break;
            };
            let range = self.range_of(piece);
            let is_large = range.length >= LARGE;
            if !ranges.is_empty() && (is_large || bytes + range.length > BUNDLE_BYTES) {
                break;
            }
            self.hashing.pieces.pop_front();
            bytes += range.length;
            ranges.push(range);
            if is_large {
                break;
            }
        }
        ranges
    }

    /// The next piece to be read; it stays first until it is taken.
    fn peek_piece(&mut self) -> Option<Piece> {
        while self.hashing.pieces.is_empty() {
            let file = FileId(self.hashing.next);
            if file.0 as usize >= self.files.len() {
                return None;
            }
            self.hashing.next += 1;
            let known = self.files.get(file);
            let is_wanted = known.state == FileState::Found && !known.is_left_out;
            if is_wanted && !self.hashing.reads(file) {
                self.read_anew(file);
            }
        }
        self.hashing.pieces.front().copied()
    }

    /// Looks anew which files are to be read, because others belong to the upload now.
    pub(super) fn look_for_files_to_read(&mut self) {
        let mut pieces = std::mem::take(&mut self.hashing.pieces);
        pieces.retain(|piece| {
            // A file of which something is known, or is being read, is read to its end.
            self.files.get(piece.file).state != FileState::Found || self.hashing.reads(piece.file)
        });
        self.hashing.pieces = pieces;
        self.hashing.next = 0;
    }

    /// Whether all files that belong to the upload are read.
    pub(super) fn all_is_read(&mut self) -> bool {
        if self.hold.is_on {
            self.hashing.under_way.is_empty() && self.peek_piece().is_none()
        } else {
            self.hashing.is_idle()
        }
    }

    fn range_of(&self, piece: Piece) -> HashRange {
        let (offset, length) = self.files.range(piece);
        HashRange {
            file: piece.file,
            offset,
            length,
            part_size: part_size(length),
        }
    }

    fn begin_reading(&mut self, ranges: &[HashRange], parts_of: Option<ContentId>) {
        if ranges.is_empty() {
            return;
        }
        self.hashing.last = self.hashing.last.wrapping_add(1);
        let number = self.hashing.last;
        self.hashing.left.insert(number, ranges.len());
        for range in ranges {
            let reading = Reading {
                number,
                bytes: 0,
                parts_of,
            };
            self.hashing
                .under_way
                .insert((range.file, range.offset), reading);
        }
    }

    pub(super) fn hashed(
        &mut self,
        file: FileId,
        offset: u64,
        hash: ContentHash,
        parts: Vec<ContentHash>,
    ) {
        let Some(reading) = self.hashing.finish(file, offset) else {
            return;
        };
        self.refresh_unless_read(file);
        if let Some(content) = reading.parts_of {
            self.parts_hashed(content, file, hash, parts);
            return;
        }
        if matches!(
            self.files.get(file).state,
            FileState::Refreshing | FileState::Failed | FileState::LeftOut
        ) {
            return;
        }
        let piece = self.files.piece_at(file, offset);
        let content = self.take_hash(piece, hash);
        if !parts.is_empty() && !self.contents.get(content).is_settled() {
            self.hashing.parts.insert(content, parts.into());
        }
        self.finish_file(file);
    }

    /// The bytes were read once more, for the hashes of their parts.
    fn parts_hashed(
        &mut self,
        content: ContentId,
        file: FileId,
        hash: ContentHash,
        parts: Vec<ContentHash>,
    ) {
        if self.contents.get(content).hash == hash {
            self.hashing.parts.insert(content, parts.into());
        } else {
            // The journal's hash, or the first reading's, is not that of the file as it is.
            self.lose_file(file, ReadFailure::Changed);
        }
        self.advance_upload(content);
    }

    /// Notes the content of a piece and sees to what follows from it.
    fn take_hash(&mut self, piece: Piece, hash: ContentHash) -> ContentId {
        let (_, size) = self.files.range(piece);
        let (id, is_new) = self.contents.add(hash, size, piece);
        if self.files.pieces(piece.file) == 1 {
            let first = self.contents.get_mut(id).first_file.replace(piece.file);
            let file = self.files.get_mut(piece.file);
            file.next = first;
            file.state = FileState::Hashed(id);
        } else {
            self.files.set_chunk(piece, id);
        }
        if is_new {
            self.look_up(id);
            return id;
        }
        match self.contents.get(id).stage {
            Stage::Unknown | Stage::Claimed | Stage::Unchecked => {}
            // Another file with this content could not be sent, or changed; this one may do better.
            Stage::Failed | Stage::Dropped => {
                self.contents.get_mut(id).source = piece;
                // Nothing of it is counted, and what is not known any more will be taken off.
                self.tally.checked.add(1, size);
                self.set_stage(id, Stage::Unchecked);
            }
            Stage::Missing { .. } => self.tally.checked.add(1, size),
            Stage::Skipped(_) | Stage::Written(_) => {
                self.tally.checked.add(1, size);
                self.release_if_settled(piece.file);
            }
        }
        id
    }

    /// Counts a file whose pieces are all known, and remembers their hashes.
    fn finish_file(&mut self, file: FileId) {
        let contents = self.files.contents(file);
        if contents.len() != self.files.pieces(file) as usize {
            return;
        }
        let known = self.files.get(file);
        let (size, modified) = (known.size, known.modified);
        let path = known.path.to_string();
        self.hashing.file_is_done(size);
        let hashes = contents
            .iter()
            .map(|(id, _)| self.contents.get(*id).hash)
            .collect();
        self.remember(Record::Hashed {
            path,
            size,
            modified,
            hashes,
        });
    }

    pub(super) fn hash_failed(&mut self, file: FileId, offset: u64, why: ReadFailure) {
        let Some(reading) = self.hashing.finish(file, offset) else {
            return;
        };
        self.refresh_unless_read(file);
        self.lose_file(file, why);
        if let Some(content) = reading.parts_of {
            self.advance_upload(content);
        }
    }
}

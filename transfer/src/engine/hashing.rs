//! Which files are read when: lanes, and small files bundled into one reading.

use std::collections::HashMap;

use rusty_attachments_model::ContentHash;

use super::{Amount, Engine, FileId, FileState};
use crate::action::Action;
use crate::content::Stage;
use crate::event::ReadFailure;

/// Files from this size on get a reading of their own, in bytes.
const LARGE: u64 = 2 << 20;
/// A bundle of small files holds at most so many bytes ...
const BUNDLE_BYTES: u64 = 8 << 20;
/// ... and so many files: more does not read faster (guide `performance.md`).
const BUNDLE_FILES: usize = 64;

/// The readings under way.
#[derive(Debug)]
pub(super) struct Hashing {
    lanes: usize,
    /// The first file that was not given to a lane yet.
    next: usize,
    reading: HashMap<FileId, Reading>,
    /// Files of each reading that were not reported yet.
    left: HashMap<u32, usize>,
    readings: u32,
    /// Hashed and failed files.
    pub(super) done: Amount,
}

#[derive(Debug)]
struct Reading {
    number: u32,
    bytes: u64,
}

impl Hashing {
    pub(super) fn new(lanes: usize) -> Self {
        Self {
            lanes: lanes.max(1),
            next: 0,
            reading: HashMap::new(),
            left: HashMap::new(),
            readings: 0,
            done: Amount::default(),
        }
    }

    pub(super) fn read_so_far(&mut self, file: FileId, bytes: u64) {
        if let Some(reading) = self.reading.get_mut(&file) {
            reading.bytes = bytes;
        }
    }

    pub(super) fn bytes_under_way(&self) -> u64 {
        self.reading.values().map(|reading| reading.bytes).sum()
    }

    /// Takes the report on a file; `false` if none was awaited.
    fn finish(&mut self, file: FileId, size: u64) -> bool {
        let Some(reading) = self.reading.remove(&file) else {
            return false;
        };
        if let Some(left) = self.left.get_mut(&reading.number) {
            *left -= 1;
            if *left == 0 {
                self.left.remove(&reading.number);
            }
        }
        self.done.add(1, size);
        true
    }
}

impl Engine {
    pub(super) fn next_hashing(&mut self) -> Option<Action> {
        if self.hashing.left.len() >= self.hashing.lanes || self.hashing.next >= self.files.len() {
            return None;
        }
        let waiting = &self.files[self.hashing.next..];
        let mut bytes = 0;
        let bundled = waiting
            .iter()
            .take(BUNDLE_FILES)
            .take_while(|file| {
                bytes += file.size;
                file.size < LARGE && bytes <= BUNDLE_BYTES
            })
            .count()
            .max(1);
        let first = u32::try_from(self.hashing.next).expect("ids are 32 bits wide");
        let count = u32::try_from(bundled).expect("a bundle is small");
        let files: Vec<FileId> = (first..first + count).map(FileId).collect();
        let number = self.hashing.readings;
        self.hashing.readings += 1;
        self.hashing.next += bundled;
        self.hashing.left.insert(number, bundled);
        for &file in &files {
            self.hashing
                .reading
                .insert(file, Reading { number, bytes: 0 });
        }
        self.current_file = files.first().copied();
        Some(Action::Hash { files })
    }

    pub(super) fn hashed(&mut self, id: FileId, hash: ContentHash) {
        let size = self.file(id).size;
        if !self.hashing.finish(id, size) {
            return;
        }
        let (content, is_new) = self.contents.add(hash, size, id);
        self.file_mut(id).state = FileState::Hashed(content);
        if is_new {
            self.requests.check(content);
            return;
        }
        match self.contents.get(content).stage {
            Stage::Unchecked => {}
            // The first file with this content could not be sent; this one may do better.
            Stage::Failed => {
                self.tally.checked.add(1, size);
                let known = self.contents.get_mut(content);
                known.source = id;
                known.stage = Stage::Missing { replace: true };
                self.tally.to_send.add(1, size);
                self.requests.send(content);
            }
            Stage::Missing { .. } | Stage::Skipped | Stage::Written => {
                self.tally.checked.add(1, size)
            }
        }
    }

    pub(super) fn hash_failed(&mut self, id: FileId, why: ReadFailure) {
        let size = self.file(id).size;
        if self.hashing.finish(id, size) {
            self.fail_file(id, why);
        }
    }
}

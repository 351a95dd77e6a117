//! Where each file is, for people to look at: nothing here changes anything.

use super::failures::Other;
use super::{Engine, FileId};
use crate::content::{ContentId, Stage};
use crate::file_list::{FileCounts, FileFilter, FileRow, FileStatus, FileWindow};
use crate::files::FileState;

/// A line of the list.
pub(super) enum Entry<'a> {
    File(FileId),
    Other(&'a Other),
}

impl Engine {
    /// At most `count` lines of the list of files, from the line `from` on, counted from 0. Files come in
    /// the order of adding, after them what was added and could not be taken.
    #[must_use]
    pub fn files(&self, filter: FileFilter, from: usize, count: usize) -> FileWindow {
        match filter {
            FileFilter::All => self.window(self.entries(), from, count),
            FileFilter::Failures => {
                let others = self.failures.others().iter();
                let failed = others.filter(|other| other.has_failed).map(Entry::Other);
                let files = self.failures.files().map(Entry::File);
                self.window(files.chain(failed), from, count)
            }
            FileFilter::Skipped => {
                let skipped = self.entries().filter(|entry| {
                    let status = match entry {
                        Entry::File(file) => self.file_status(*file),
                        Entry::Other(other) => other.status(),
                    };
                    status == FileStatus::Skipped
                });
                self.window(skipped, from, count)
            }
        }
    }

    /// The whole list.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> + Clone {
        let others = self.failures.others().iter();
        self.file_ids()
            .map(Entry::File)
            .chain(others.map(Entry::Other))
    }

    fn window<'a>(
        &self,
        lines: impl Iterator<Item = Entry<'a>> + Clone,
        from: usize,
        count: usize,
    ) -> FileWindow {
        FileWindow {
            total: lines.clone().count(),
            rows: lines
                .skip(from)
                .take(count)
                .map(|line| match line {
                    Entry::File(file) => self.file_row(file),
                    Entry::Other(other) => self.other_row(other),
                })
                .collect(),
        }
    }

    /// How many lines of the whole list are in which state. Looks at each file.
    #[must_use]
    pub fn file_counts(&self) -> FileCounts {
        let mut counts = FileCounts::default();
        for file in self.file_ids() {
            counts.add(self.file_status(file));
        }
        for other in self.failures.others() {
            counts.add(other.status());
        }
        counts
    }

    pub(super) fn file_ids(&self) -> impl Iterator<Item = FileId> + Clone + use<> {
        let count = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        (0..count).map(FileId)
    }

    fn file_row(&self, id: FileId) -> FileRow {
        let file = self.files.get(id);
        FileRow {
            path: file.path.to_string(),
            size: file.size,
            status: self.file_status(id),
            problem: self.failures.of(id).cloned(),
        }
    }

    fn other_row(&self, other: &Other) -> FileRow {
        FileRow {
            path: other.path.to_string(),
            size: other.size,
            status: other.status(),
            problem: Some(self.failures.of_other(other).clone()),
        }
    }

    pub(super) fn file_status(&self, id: FileId) -> FileStatus {
        let file = self.files.get(id);
        let status = match file.state {
            FileState::Failed => return FileStatus::Failed,
            // Patterns may still change: only with the beginning it becomes a state of its own.
            FileState::LeftOut => return FileStatus::Skipped,
            _ if file.is_left_out => return FileStatus::Skipped,
            FileState::Found if self.hashing.reads(id) => FileStatus::Hashing,
            FileState::Found => FileStatus::Waiting,
            FileState::Refreshing => FileStatus::Hashing,
            FileState::Hashed(content) => self.content_status(content),
            FileState::Chunked(place) => self
                .files
                .chunks(place)
                .contents
                .iter()
                .map(|chunk| chunk.map_or(FileStatus::Hashing, |id| self.content_status(id)))
                .min_by_key(|status| weakest_first(*status))
                .unwrap_or(FileStatus::Hashing),
        };
        let is_done = matches!(status, FileStatus::InStore | FileStatus::Sent);
        if self.outcome.is_some() && !is_done {
            return FileStatus::NotSent;
        }
        status
    }

    pub(super) fn content_status(&self, id: ContentId) -> FileStatus {
        match self.contents.get(id).stage {
            Stage::Unknown | Stage::Claimed | Stage::Unchecked => FileStatus::Checking,
            Stage::Missing { .. } if self.hold.is_on => FileStatus::Waiting,
            // No file that is not lost has one of the last two.
            Stage::Missing { .. } | Stage::Failed | Stage::Dropped => FileStatus::Sending,
            Stage::Skipped(_) => FileStatus::InStore,
            Stage::Written(_) => FileStatus::Sent,
        }
    }
}

/// A file is as far as its last chunk, and was sent if any chunk was.
fn weakest_first(status: FileStatus) -> u8 {
    match status {
        FileStatus::Sent => u8::MAX - 1,
        FileStatus::InStore => u8::MAX,
        before => before as u8,
    }
}

impl Other {
    pub(super) fn status(&self) -> FileStatus {
        if self.has_failed {
            FileStatus::Failed
        } else {
            FileStatus::Skipped
        }
    }
}

//! The files of an upload as a list to look at: a window of it at a time, and how many are in which state.

use crate::problem::Problem;

/// Where a file is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileStatus {
    /// Nothing has been done about it yet, or its content is missing in the store and the upload has not begun.
    Waiting,
    /// It is being read, or looked at anew because it has changed.
    Hashing,
    /// The store, or the journal, is being asked for its content.
    Checking,
    /// Its content is missing in the store: it leaves, or will.
    Sending,
    /// The store held its content before.
    InStore,
    /// Its content was sent, for this file or for another one that has the same.
    Sent,
    /// It is not in the manifest, and there is none; a problem says why.
    Failed,
    /// It was left out on purpose; a problem says why.
    Skipped,
    /// The upload ended before it was done.
    NotSent,
}

impl FileStatus {
    /// Stable name, for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Hashing => "hashing",
            Self::Checking => "checking",
            Self::Sending => "sending",
            Self::InStore => "in-store",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::NotSent => "not-sent",
        }
    }
}

/// Which files a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFilter {
    /// Each one.
    All,
    /// Only those that failed.
    Failures,
    /// Only those that were skipped.
    Skipped,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Path below the asset root; of something that cannot be named, as it can be shown.
    pub path: String,
    /// Bytes; 0 where nobody knows.
    pub size: u64,
    /// Where it is.
    pub status: FileStatus,
    /// Why it failed, or was left out. Names no file.
    pub problem: Option<Problem>,
}

/// A part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileWindow {
    /// Lines that the filter lets through.
    pub total: usize,
    /// Those that were asked for, as far as there are so many.
    pub rows: Vec<FileRow>,
}

/// How many lines of the whole list are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileCounts {
    /// See [`FileStatus::Waiting`].
    pub waiting: usize,
    /// See [`FileStatus::Hashing`].
    pub hashing: usize,
    /// See [`FileStatus::Checking`].
    pub checking: usize,
    /// See [`FileStatus::Sending`].
    pub sending: usize,
    /// See [`FileStatus::InStore`].
    pub in_store: usize,
    /// See [`FileStatus::Sent`].
    pub sent: usize,
    /// See [`FileStatus::Failed`].
    pub failed: usize,
    /// See [`FileStatus::Skipped`].
    pub skipped: usize,
    /// See [`FileStatus::NotSent`].
    pub not_sent: usize,
}

impl FileCounts {
    pub(crate) fn add(&mut self, status: FileStatus) {
        let count = match status {
            FileStatus::Waiting => &mut self.waiting,
            FileStatus::Hashing => &mut self.hashing,
            FileStatus::Checking => &mut self.checking,
            FileStatus::Sending => &mut self.sending,
            FileStatus::InStore => &mut self.in_store,
            FileStatus::Sent => &mut self.sent,
            FileStatus::Failed => &mut self.failed,
            FileStatus::Skipped => &mut self.skipped,
            FileStatus::NotSent => &mut self.not_sent,
        };
        *count += 1;
    }
}

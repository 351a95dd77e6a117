//! The files of an upload, to look at and for the books.

use rusty_attachments_transfer as transfer;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

use super::count;
use super::problem::Problem;

/// Which files a list shows.
#[derive(Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum FileFilter {
    /// Each one.
    All,
    /// Those that failed.
    Failures,
    /// Those that were skipped.
    Skipped,
}

/// Where a file is on its way.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum FileStatus {
    /// Nothing has been done about it yet, or its content is missing in the store and the upload has not begun.
    Waiting,
    /// It is being read.
    Hashing,
    /// The store is being asked for its content.
    Checking,
    /// Its content leaves, or will.
    Sending,
    /// The store held its content before.
    InStore,
    /// Its content was sent.
    Sent,
    /// A problem says why.
    Failed,
    /// It was left out on purpose; a problem says why.
    Skipped,
    /// The upload ended before it was done.
    NotSent,
}

/// One line of the list.
#[derive(Serialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct FileRow {
    /// Below the asset root.
    path: String,
    /// Bytes; 0 where nobody knows.
    size: u64,
    /// Where it is.
    status: FileStatus,
    /// Why it failed or was left out; names no file.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// How many lines of the whole list are in which state.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub struct FileCounts {
    /// See `FileStatus`, for each of them.
    waiting: u32,
    /// As its name says.
    hashing: u32,
    /// As its name says.
    checking: u32,
    /// As its name says.
    sending: u32,
    /// As its name says.
    in_store: u32,
    /// As its name says.
    sent: u32,
    /// As its name says.
    failed: u32,
    /// As its name says.
    skipped: u32,
    /// As its name says.
    not_sent: u32,
}

/// A part of the list.
#[derive(Serialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct FileWindow {
    /// Lines that the filter lets through.
    total: u32,
    /// Those that were asked for, as far as there are so many.
    rows: Vec<FileRow>,
    /// Of the whole list, whatever the filter.
    counts: FileCounts,
}

/// How a failed upload can be taken up again: by the event `retry-failed`, or only by another upload of the
/// same, which the person has to choose again.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// By the event.
    Now,
    /// The same has to be chosen again.
    ChooseAgain,
}

/// How a receipt is written.
#[derive(Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptFormat {
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// What the engine does not know of its upload.
#[derive(Deserialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct ReceiptFacts {
    /// Name of the profile.
    profile: String,
    /// In milliseconds since 1970.
    started: u64,
    /// In milliseconds since 1970.
    ended: u64,
}

impl From<FileFilter> for transfer::FileFilter {
    fn from(filter: FileFilter) -> Self {
        match filter {
            FileFilter::All => Self::All,
            FileFilter::Failures => Self::Failures,
            FileFilter::Skipped => Self::Skipped,
        }
    }
}

impl From<transfer::FileStatus> for FileStatus {
    fn from(status: transfer::FileStatus) -> Self {
        match status {
            transfer::FileStatus::Waiting => Self::Waiting,
            transfer::FileStatus::Hashing => Self::Hashing,
            transfer::FileStatus::Checking => Self::Checking,
            transfer::FileStatus::Sending => Self::Sending,
            transfer::FileStatus::InStore => Self::InStore,
            transfer::FileStatus::Sent => Self::Sent,
            transfer::FileStatus::Failed => Self::Failed,
            transfer::FileStatus::Skipped => Self::Skipped,
            transfer::FileStatus::NotSent => Self::NotSent,
        }
    }
}

impl FileWindow {
    pub(super) fn new(window: transfer::FileWindow, counts: transfer::FileCounts) -> Self {
        Self {
            total: count(window.total as u64),
            rows: window
                .rows
                .into_iter()
                .map(|row| FileRow {
                    path: row.path,
                    size: row.size,
                    status: row.status.into(),
                    problem: row.problem.map(Problem::from),
                })
                .collect(),
            counts: FileCounts {
                waiting: count(counts.waiting as u64),
                hashing: count(counts.hashing as u64),
                checking: count(counts.checking as u64),
                sending: count(counts.sending as u64),
                in_store: count(counts.in_store as u64),
                sent: count(counts.sent as u64),
                failed: count(counts.failed as u64),
                skipped: count(counts.skipped as u64),
                not_sent: count(counts.not_sent as u64),
            },
        }
    }
}

impl From<transfer::Retry> for Retry {
    fn from(retry: transfer::Retry) -> Self {
        match retry {
            transfer::Retry::Now => Self::Now,
            transfer::Retry::ChooseAgain => Self::ChooseAgain,
        }
    }
}

impl From<ReceiptFormat> for transfer::ReceiptFormat {
    fn from(format: ReceiptFormat) -> Self {
        match format {
            ReceiptFormat::Json => Self::Json,
            ReceiptFormat::Csv => Self::Csv,
        }
    }
}

impl From<ReceiptFacts> for transfer::ReceiptFacts {
    fn from(facts: ReceiptFacts) -> Self {
        Self {
            profile: facts.profile,
            started: facts.started,
            ended: facts.ended,
        }
    }
}

//! How far an upload is, in numbers to show.

use crate::engine::Preview;
use crate::problem::Problem;

/// Files and bytes of one phase. What is said here not to fall may do so when the choice of files changes, which it
/// cannot once the upload has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhaseProgress {
    /// Finished files (for uploading: distinct contents). Never falls.
    pub files_done: u64,
    /// All that are known so far; never less than the finished ones.
    pub files_total: u64,
    /// Bytes of the finished ones, and what is done of the others. Never falls.
    pub bytes_done: u64,
    /// Bytes of all that are known so far; never less than what is done.
    pub bytes_total: u64,
}

/// The first thing that is not finished yet; phases overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Files are still being added.
    Finding,
    /// Files are being read and hashed.
    Hashing,
    /// The store is being asked what it has.
    Checking,
    /// Everything is known, and nothing leaves before [`Event::Begin`](crate::Event::Begin).
    Held,
    /// Content is being sent.
    Uploading,
    /// The manifest is being sent.
    Manifest,
    /// See [`Outcome::Complete`](crate::Outcome::Complete).
    Complete,
    /// See [`Outcome::Failed`](crate::Outcome::Failed).
    Failed,
    /// See [`Outcome::Cancelled`](crate::Outcome::Cancelled).
    Cancelled,
}

/// Why nothing leaves at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// The person has paused the upload.
    Paused,
    /// New credentials are needed; the problem says why.
    Credentials(Problem),
    /// No request gets an answer; it is tried again from time to time.
    Network,
}

/// All of it at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where the upload is.
    pub phase: Phase,
    /// Files of the upload that were added so far.
    pub found_files: u64,
    /// Bytes of these.
    pub found_bytes: u64,
    /// Whether no more will be added.
    pub intake_ended: bool,
    /// Reading and hashing.
    pub hashing: PhaseProgress,
    /// Asking the store, counted in files.
    pub checking: PhaseProgress,
    /// Sending, counted in distinct contents.
    pub uploading: PhaseProgress,
    /// Path of a file that is being worked on.
    pub current_file: Option<String>,
    /// Why nothing leaves, if so.
    pub waiting: Option<Waiting>,
    /// Bytes of bodies that leave each second, smoothed.
    pub bytes_per_second: u64,
    /// What would be sent, while nothing leaves before [`Event::Begin`](crate::Event::Begin).
    pub preview: Option<Preview>,
    /// Estimated milliseconds to the end, smoothed; none while there is nothing to tell it from.
    pub remaining: Option<u64>,
}

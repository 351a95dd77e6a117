//! How far an upload is, in numbers to show.

/// Files and bytes of one phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhaseProgress {
    /// Finished files (for uploading: distinct contents).
    pub files_done: u64,
    /// All that are known so far.
    pub files_total: u64,
    /// Bytes of the finished ones, and what is done of the others.
    pub bytes_done: u64,
    /// Bytes of all that are known so far.
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

/// All of it at one moment. What is done never falls during an upload; a total falls only by a file
/// that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where the upload is.
    pub phase: Phase,
    /// Files added so far, and their bytes.
    pub found_files: u64,
    /// Bytes of the files added so far.
    pub found_bytes: u64,
    /// Whether more may be added.
    pub intake_ended: bool,
    /// Reading and hashing.
    pub hashing: PhaseProgress,
    /// Asking the store, counted in files.
    pub checking: PhaseProgress,
    /// Sending, counted in distinct contents.
    pub uploading: PhaseProgress,
    /// A file that is being worked on.
    pub current_file: Option<String>,
}

//! How far an upload is.

use rusty_attachments_transfer as transfer;
use serde::Serialize;
use tsify::Tsify;

use super::count;
use super::preview::UploadPreview;
use super::problem::Problem;

/// Files and bytes of one phase.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct PhaseProgress {
    /// Never falls.
    files_done: u32,
    /// All that are known so far.
    files_total: u32,
    /// Never falls.
    bytes_done: u64,
    /// Of all that are known so far.
    bytes_total: u64,
}

/// Files and bytes that were added so far.
#[derive(Serialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct Found {
    /// Files added so far.
    files: u32,
    /// Their bytes.
    bytes: u64,
    /// Whether no more will be added.
    complete: bool,
}

/// Why nothing leaves at the moment.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Waiting {
    /// The person has paused the upload.
    Paused,
    /// New credentials are needed.
    Credentials {
        /// Why.
        problem: Problem,
    },
    /// No request gets an answer; it is tried again from time to time.
    Network,
}

/// Where an upload is; what is done never falls, but for a change of the choice of files.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadProgress {
    /// The first thing that is not finished yet, or the end.
    #[tsify(
        type = "'finding' | 'hashing' | 'checking' | 'held' | 'uploading' | 'manifest' | 'complete' | 'failed' | 'cancelled'"
    )]
    phase: &'static str,
    /// What was added.
    found: Found,
    /// Reading and hashing.
    hashing: PhaseProgress,
    /// Asking the store, counted in files.
    checking: PhaseProgress,
    /// Sending, counted in distinct contents.
    uploading: PhaseProgress,
    /// Whole percent of the way: 100 only when it is complete. Never falls; 0 until all files are known and nothing is held.
    percent: u8,
    /// Path of a file that is being worked on.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    current_file: Option<String>,
    /// Why nothing leaves, if so.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Waiting>,
    /// What would be sent, while the upload waits for `begin`.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<UploadPreview>,
    /// Bytes that leave each second, smoothed.
    bytes_per_second: u64,
    /// Estimated milliseconds to the end, smoothed.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u64>,
}

impl From<transfer::Progress> for UploadProgress {
    fn from(progress: transfer::Progress) -> Self {
        Self {
            phase: phase_name(progress.phase),
            found: Found {
                files: count(progress.found_files),
                bytes: progress.found_bytes,
                complete: progress.intake_ended,
            },
            hashing: progress.hashing.into(),
            checking: progress.checking.into(),
            uploading: progress.uploading.into(),
            percent: progress.percent,
            current_file: progress.current_file,
            waiting: progress.waiting.map(Waiting::from),
            preview: progress.preview.map(UploadPreview::from),
            bytes_per_second: progress.bytes_per_second,
            remaining: progress.remaining,
        }
    }
}

impl From<transfer::PhaseProgress> for PhaseProgress {
    fn from(phase: transfer::PhaseProgress) -> Self {
        Self {
            files_done: count(phase.files_done),
            files_total: count(phase.files_total),
            bytes_done: phase.bytes_done,
            bytes_total: phase.bytes_total,
        }
    }
}

impl From<transfer::Waiting> for Waiting {
    fn from(waiting: transfer::Waiting) -> Self {
        match waiting {
            transfer::Waiting::Paused => Self::Paused,
            transfer::Waiting::Credentials(problem) => Self::Credentials {
                problem: problem.into(),
            },
            transfer::Waiting::Network => Self::Network,
        }
    }
}

fn phase_name(phase: transfer::Phase) -> &'static str {
    match phase {
        transfer::Phase::Finding => "finding",
        transfer::Phase::Hashing => "hashing",
        transfer::Phase::Checking => "checking",
        transfer::Phase::Held => "held",
        transfer::Phase::Uploading => "uploading",
        transfer::Phase::Manifest => "manifest",
        transfer::Phase::Complete => "complete",
        transfer::Phase::Failed => "failed",
        transfer::Phase::Cancelled => "cancelled",
    }
}

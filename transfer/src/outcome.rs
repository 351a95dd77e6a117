//! How an upload ended.

use crate::problem::Problem;

/// The end of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is in the store, the manifest last.
    Complete(Summary),
    /// At least one problem, the first one is the cause. There is no manifest, unless that is the very
    /// thing that is not known (`manifest-unknown`).
    Failed(Vec<Problem>),
    /// The person cancelled, and there is no manifest.
    Cancelled,
}

/// What a complete upload left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Files in the manifest.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Content objects that were sent.
    pub objects_written: u64,
    /// Bytes of these.
    pub bytes_written: u64,
    /// Distinct contents that the store already held.
    pub objects_skipped: u64,
    /// Bytes of these.
    pub bytes_skipped: u64,
    /// Full key of the manifest.
    pub manifest_key: String,
    /// XXH3-128 of the manifest's text, 32 lower-case hex digits.
    pub manifest_hash: String,
    /// The `attachments` value for CreateJob, as JSON text indented for people.
    pub attachments: String,
}

//! How an upload ended.

use rusty_attachments_model::ContentHash;

use crate::features::Verification;
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

/// How a failed upload can be taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// By [`Event::RetryFailed`](crate::Event::RetryFailed).
    Now,
    /// Some of its files are not what was chosen any more, and only the person can give them anew: by
    /// choosing the same again, for another upload.
    ChooseAgain,
}

/// What a complete upload left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Files of the upload.
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
    /// Objects, written or skipped, whose bytes the server has compared with their key.
    pub verified_by_server: u64,
    /// Objects of which the server says that they have the right size.
    pub verified_by_size: u64,
    /// Objects that nobody has looked at.
    pub not_verified: u64,
    /// The manifests, if any was wanted.
    pub manifest: Option<ManifestSummary>,
}

/// The manifests that were stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestSummary {
    /// Full key.
    pub key: String,
    /// XXH3-128 of its text.
    pub hash: ContentHash,
    /// Those of further asset roots, in the order of the attachments; the one above is the first.
    pub further: Vec<StoredObject>,
    /// The `attachments` value for CreateJob, as JSON text indented for people.
    pub attachments: String,
}

/// A manifest in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Full key.
    pub key: String,
    /// XXH3-128 of its text.
    pub hash: ContentHash,
}

/// One content of an upload, at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectResult {
    /// Full key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Whether this upload has sent it.
    pub was_written: bool,
    /// How sure it is that it is right.
    pub verification: Verification,
}

//! How an upload ended.

use rusty_attachments_transfer as transfer;
use serde::Serialize;
use tsify::Tsify;

use super::count;
use super::problem::Problem;

/// How an upload ended.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[tsify(large_number_types_as_bigints)]
pub enum UploadOutcome {
    /// Everything is in the store.
    Complete {
        /// What it left behind.
        result: UploadSummary,
    },
    /// There is no manifest.
    Failed {
        /// At least one; the first one is the cause.
        problems: Vec<Problem>,
    },
    /// There is no manifest.
    Cancelled,
}

/// What a complete upload left behind.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadSummary {
    /// Files of the upload.
    files: u32,
    /// Bytes of all files.
    bytes: u64,
    /// Content objects that were sent.
    objects_written: u32,
    /// Bytes of these.
    bytes_written: u64,
    /// Distinct contents that the store already held.
    objects_skipped: u32,
    /// Bytes of these.
    bytes_skipped: u64,
    /// Objects whose bytes the server has compared with their key.
    verified_by_server: u32,
    /// Objects of which the server says that they have the right size.
    verified_by_size: u32,
    /// Objects that nobody has looked at.
    not_verified: u32,
    /// The manifests, if any was wanted.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<StoredManifest>,
}

/// The manifests that were stored.
#[derive(Serialize, Tsify)]
pub struct StoredManifest {
    /// Full key.
    key: String,
    /// 32 hex digits.
    hash: String,
    /// Those of further asset roots, in the order of `attachments`; the one above is the first.
    further: Vec<StoredObject>,
    /// The `attachments` of CreateJob as JSON text.
    attachments: String,
}

/// A manifest of a further asset root.
#[derive(Serialize, Tsify)]
pub struct StoredObject {
    /// Full key.
    key: String,
    /// 32 hex digits.
    hash: String,
}

/// How sure it is that an object's bytes are those of its key.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// The server has compared them.
    ByServer,
    /// The server says that the object has the right size.
    BySize,
    /// Nobody has looked.
    NotVerified,
}

/// One content of an upload.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct ObjectResult {
    /// Full key.
    key: String,
    /// Bytes.
    size: u64,
    /// Whether this upload has sent it.
    was_written: bool,
    /// How sure it is that it is right.
    verification: Verification,
}

impl From<&transfer::Outcome> for UploadOutcome {
    fn from(outcome: &transfer::Outcome) -> Self {
        match outcome {
            transfer::Outcome::Complete(summary) => Self::Complete {
                result: summary.into(),
            },
            transfer::Outcome::Failed(problems) => Self::Failed {
                problems: problems.iter().cloned().map(Problem::from).collect(),
            },
            transfer::Outcome::Cancelled => Self::Cancelled,
        }
    }
}

impl From<&transfer::Summary> for UploadSummary {
    fn from(summary: &transfer::Summary) -> Self {
        Self {
            files: count(summary.files),
            bytes: summary.bytes,
            objects_written: count(summary.objects_written),
            bytes_written: summary.bytes_written,
            objects_skipped: count(summary.objects_skipped),
            bytes_skipped: summary.bytes_skipped,
            verified_by_server: count(summary.verified_by_server),
            verified_by_size: count(summary.verified_by_size),
            not_verified: count(summary.not_verified),
            manifest: summary.manifest.as_ref().map(|manifest| StoredManifest {
                key: manifest.key.clone(),
                hash: manifest.hash.to_string(),
                further: manifest.further.iter().map(StoredObject::from).collect(),
                attachments: manifest.attachments.clone(),
            }),
        }
    }
}

impl From<&transfer::StoredObject> for StoredObject {
    fn from(stored: &transfer::StoredObject) -> Self {
        Self {
            key: stored.key.clone(),
            hash: stored.hash.to_string(),
        }
    }
}

impl From<transfer::ObjectResult> for ObjectResult {
    fn from(object: transfer::ObjectResult) -> Self {
        Self {
            key: object.key,
            size: object.size,
            was_written: object.was_written,
            verification: match object.verification {
                transfer::Verification::ByServer => Verification::ByServer,
                transfer::Verification::BySize => Verification::BySize,
                transfer::Verification::NotVerified => Verification::NotVerified,
            },
        }
    }
}

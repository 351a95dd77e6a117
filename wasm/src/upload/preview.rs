//! What an upload that waits for its beginning would do, and what is left out of it.

use rusty_attachments_transfer as transfer;
use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::count;
use super::problem::NotTaken;

/// What an upload that waits for `begin` would do.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadPreview {
    /// Files that belong to it, of those that were added so far.
    files: u32,
    /// Bytes of these.
    bytes: u64,
    /// How many of these files are not read yet, or not known to be in the store or not.
    files_unseen: u32,
    /// How many of these files cannot be uploaded: with them there will be no manifest.
    files_failed: u32,
    /// Distinct contents of these files that the store holds.
    contents_in_store: u32,
    /// Bytes of these contents.
    bytes_in_store: u64,
    /// Distinct contents of these files that will be sent.
    contents_new: u32,
    /// Bytes of these contents.
    bytes_new: u64,
    /// Files that the patterns leave out, or that workers have at a SHARED location.
    files_left_out: u32,
    /// Bytes of these.
    bytes_left_out: u64,
    /// The numbers will not change by themselves any more.
    is_ready: bool,
    /// How long sending the new contents may take; none while it is not ready, or nobody can say.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<Estimate>,
}

/// How long something may take.
#[derive(Serialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct Estimate {
    /// Milliseconds.
    time: u64,
    /// What it is told from: the speed of an earlier upload to this store, or the cap on bytes each second.
    #[tsify(type = "'earlier-upload' | 'cap'")]
    basis: &'static str,
}

/// Files that the patterns leave out, or that workers have at a SHARED location.
#[derive(Serialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct LeftOut {
    /// All of them.
    files: u32,
    /// Their bytes.
    bytes: u64,
    /// The first of them, by name.
    first: Vec<NotTaken>,
}

impl From<transfer::Preview> for UploadPreview {
    fn from(preview: transfer::Preview) -> Self {
        Self {
            files: count(preview.files),
            bytes: preview.bytes,
            files_unseen: count(preview.files_unseen),
            files_failed: count(preview.files_failed),
            contents_in_store: count(preview.contents_in_store),
            bytes_in_store: preview.bytes_in_store,
            contents_new: count(preview.contents_new),
            bytes_new: preview.bytes_new,
            files_left_out: count(preview.files_left_out),
            bytes_left_out: preview.bytes_left_out,
            is_ready: preview.is_ready,
            estimate: preview.estimate.map(|estimate| Estimate {
                time: estimate.time,
                basis: match estimate.basis {
                    transfer::Basis::EarlierUpload => "earlier-upload",
                    transfer::Basis::Cap => "cap",
                },
            }),
        }
    }
}

impl From<transfer::LeftOut> for LeftOut {
    fn from(left_out: transfer::LeftOut) -> Self {
        Self {
            files: count(left_out.files),
            bytes: left_out.bytes,
            first: left_out.first.into_iter().map(NotTaken::from).collect(),
        }
    }
}

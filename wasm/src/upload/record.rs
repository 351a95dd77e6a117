//! What goes into the journal and comes out of it.

use rusty_attachments_transfer as transfer;
use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::hash;

/// Something to write down; hashes are 32 lower-case hex digits.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[tsify(large_number_types_as_bigints)]
pub enum JournalRecord {
    /// A file's hashes, to be found again by path, size and time of change.
    Hashed {
        /// Path below the asset root.
        path: String,
        /// Bytes.
        size: u64,
        /// Milliseconds since 1970.
        modified: i64,
        /// One hash, or one for each chunk.
        hashes: Vec<String>,
    },
    /// The store holds this content, now.
    Seen {
        /// The content.
        hash: String,
    },
    /// The store does not hold this content although the journal says so.
    Gone {
        /// The content.
        hash: String,
    },
    /// A multipart upload of this content was begun.
    UploadOpened {
        /// The content.
        hash: String,
        /// S3's name of the upload.
        upload_id: String,
        /// Bytes of each part but the last.
        part_size: u64,
    },
    /// A part of it was stored.
    PartStored {
        /// The content.
        hash: String,
        /// The part.
        part: StoredPart,
    },
    /// The upload was completed or given up.
    UploadClosed {
        /// The content.
        hash: String,
    },
    /// What the server does with checksums.
    Server {
        /// What it does.
        checksums: Checksums,
    },
    /// How fast an upload to this store was.
    Speed {
        /// Bytes each second.
        speed: u64,
    },
}

/// A part that S3 has confirmed.
#[derive(Serialize, Deserialize, Tsify)]
pub struct StoredPart {
    /// From 1 to 10,000.
    number: u32,
    /// As S3 gave it, quotes included.
    etag: String,
    /// Hash of its bytes.
    hash: String,
}

/// What a server does with the checksum of a body: compares it, ignores it, or refuses requests with it.
#[derive(Serialize, Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum Checksums {
    /// Refuses bytes that are not those of the checksum.
    Verified,
    /// Does not look at it.
    Ignored,
    /// Refuses the header.
    Refused,
}

/// What the journal knows of a content.
#[derive(Deserialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct Remembered {
    /// The content.
    hash: String,
    /// When the store was last seen to hold it, in milliseconds since 1970.
    #[tsify(optional)]
    seen: Option<u64>,
    /// A multipart upload that was begun and not completed.
    #[tsify(optional)]
    upload: Option<OpenUpload>,
}

/// A multipart upload of an earlier run.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct OpenUpload {
    /// S3's name of the upload.
    upload_id: String,
    /// Bytes of each part but the last.
    part_size: u64,
    /// The parts that were confirmed, in any order.
    parts: Vec<StoredPart>,
}

impl From<transfer::Record> for JournalRecord {
    fn from(record: transfer::Record) -> Self {
        use transfer::Record as R;
        match record {
            R::Hashed {
                path,
                size,
                modified,
                hashes,
            } => Self::Hashed {
                path,
                size,
                modified,
                hashes: hashes.iter().map(ToString::to_string).collect(),
            },
            R::Seen(hash) => Self::Seen {
                hash: hash.to_string(),
            },
            R::Gone(hash) => Self::Gone {
                hash: hash.to_string(),
            },
            R::UploadOpened {
                hash,
                upload_id,
                part_size,
            } => Self::UploadOpened {
                hash: hash.to_string(),
                upload_id,
                part_size,
            },
            R::PartStored { hash, part } => Self::PartStored {
                hash: hash.to_string(),
                part: StoredPart {
                    number: part.number,
                    etag: part.etag,
                    hash: part.hash.to_string(),
                },
            },
            R::UploadClosed(hash) => Self::UploadClosed {
                hash: hash.to_string(),
            },
            R::Server(checksums) => Self::Server {
                checksums: checksums.into(),
            },
            R::Speed(speed) => Self::Speed { speed },
        }
    }
}

impl From<transfer::Checksums> for Checksums {
    fn from(checksums: transfer::Checksums) -> Self {
        match checksums {
            transfer::Checksums::Verified => Self::Verified,
            transfer::Checksums::Ignored => Self::Ignored,
            transfer::Checksums::Refused => Self::Refused,
        }
    }
}

impl From<Checksums> for transfer::Checksums {
    fn from(checksums: Checksums) -> Self {
        match checksums {
            Checksums::Verified => Self::Verified,
            Checksums::Ignored => Self::Ignored,
            Checksums::Refused => Self::Refused,
        }
    }
}

impl Remembered {
    pub(super) fn into_transfer(self) -> Result<transfer::Remembered, JsValue> {
        Ok(transfer::Remembered {
            hash: hash(&self.hash)?,
            seen: self.seen,
            upload: self.upload.map(OpenUpload::into_transfer).transpose()?,
        })
    }
}

impl OpenUpload {
    fn into_transfer(self) -> Result<transfer::OpenUpload, JsValue> {
        let part = |part: StoredPart| {
            Ok(transfer::StoredPart {
                number: part.number,
                etag: part.etag,
                hash: hash(&part.hash)?,
            })
        };
        Ok(transfer::OpenUpload {
            upload_id: self.upload_id,
            part_size: self.part_size,
            parts: self
                .parts
                .into_iter()
                .map(part)
                .collect::<Result<_, JsValue>>()?,
        })
    }
}

//! What outlives a run, so that the next one need not do it again: hashes of files, contents that the
//! store was seen to hold, multipart uploads that were begun. The driver keeps it; no secret, no
//! signed address and no byte of a file is in it.

use rusty_attachments_model::ContentHash;

use crate::features::Checksums;

/// Something to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A file's hashes, to be found again by path, size and time of change.
    Hashed {
        /// Path below the asset root.
        path: String,
        /// Bytes.
        size: u64,
        /// Milliseconds since 1970.
        modified: i64,
        /// One hash, or one for each chunk.
        hashes: Vec<ContentHash>,
    },
    /// The store holds this content, now.
    Seen(ContentHash),
    /// The store does not hold this content although the journal says so.
    Gone(ContentHash),
    /// A multipart upload of this content was begun.
    UploadOpened {
        /// The content.
        hash: ContentHash,
        /// S3's name of the upload.
        upload_id: String,
        /// Bytes of each part but the last.
        part_size: u64,
    },
    /// A part of it was stored.
    PartStored {
        /// The content.
        hash: ContentHash,
        /// The part.
        part: StoredPart,
    },
    /// The upload was completed or given up.
    UploadClosed(ContentHash),
    /// What the server does with checksums.
    Server(Checksums),
    /// Bytes that left each second for this store, at the end of an upload.
    Speed(u64),
}

/// A part that S3 has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// From 1 to 10,000.
    pub number: u32,
    /// As S3 gave it, quotes included.
    pub etag: String,
    /// Hash of its bytes.
    pub hash: ContentHash,
}

/// What the journal knows of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The content.
    pub hash: ContentHash,
    /// When the store was last seen to hold it, in milliseconds since 1970.
    pub seen: Option<u64>,
    /// A multipart upload that was begun and not completed.
    pub upload: Option<OpenUpload>,
}

/// A multipart upload of an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenUpload {
    /// S3's name of the upload.
    pub upload_id: String,
    /// Bytes of each part but the last.
    pub part_size: u64,
    /// The parts that were confirmed, in any order.
    pub parts: Vec<StoredPart>,
}

//! The journal of the browser: what outlives a run.

use std::collections::BTreeMap;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{Checksums, OpenUpload, Record, Remembered};

/// All that was written down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    hashes: BTreeMap<(String, u64, i64), Vec<ContentHash>>,
    pub(crate) seen: BTreeMap<ContentHash, u64>,
    pub(crate) uploads: BTreeMap<ContentHash, OpenUpload>,
    pub(crate) server: Option<Checksums>,
    /// Bytes each second of an earlier upload.
    pub(crate) speed: Option<u64>,
}

impl Journal {
    /// One that knows nothing but this of the server.
    pub(crate) fn believing(server: Option<Checksums>) -> Self {
        Self {
            server,
            ..Self::default()
        }
    }

    /// Writes something down at that time, in milliseconds since 1970.
    pub(crate) fn write(&mut self, wall: u64, record: Record) {
        match record {
            Record::Hashed {
                path,
                size,
                modified,
                hashes,
            } => {
                self.hashes.insert((path, size, modified), hashes);
            }
            Record::Seen(hash) => {
                self.seen.insert(hash, wall);
            }
            Record::Gone(hash) => {
                self.seen.remove(&hash);
            }
            Record::UploadOpened {
                hash,
                upload_id,
                part_size,
            } => {
                let upload = OpenUpload {
                    upload_id,
                    part_size,
                    parts: Vec::new(),
                };
                self.uploads.insert(hash, upload);
            }
            Record::PartStored { hash, part } => {
                if let Some(upload) = self.uploads.get_mut(&hash) {
                    upload.parts.retain(|known| known.number != part.number);
                    upload.parts.push(part);
                }
            }
            Record::UploadClosed(hash) => {
                self.uploads.remove(&hash);
            }
            Record::Server(checksums) => self.server = Some(checksums),
            Record::Speed(speed) => self.speed = Some(speed),
        }
    }

    /// Hashes of just this file, or none.
    pub(crate) fn hashes(&self, path: &str, size: u64, modified: i64) -> Vec<ContentHash> {
        let key = (path.to_owned(), size, modified);
        self.hashes.get(&key).cloned().unwrap_or_default()
    }

    pub(crate) fn look_up(&self, hash: ContentHash) -> Remembered {
        Remembered {
            hash,
            seen: self.seen.get(&hash).copied(),
            upload: self.uploads.get(&hash).cloned(),
        }
    }
}

//! The journal of the driver: what a run remembers and the next one is told.

use std::collections::{BTreeMap, HashMap};

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{Checksums, OpenUpload, Record, Remembered};

/// Path, bytes, milliseconds since 1970.
type Picture = (String, u64, i64);

#[derive(Debug, Default, Clone)]
pub(crate) struct Journal {
    hashes: HashMap<Picture, Vec<ContentHash>>,
    contents: BTreeMap<ContentHash, (Option<u64>, Option<OpenUpload>)>,
    pub(crate) server: Option<Checksums>,
}

impl Journal {
    pub(crate) fn write(&mut self, record: Record, wall: u64) {
        match record {
            Record::Hashed {
                path,
                size,
                modified,
                hashes,
            } => {
                self.hashes.insert((path, size, modified), hashes);
            }
            Record::Seen(hash) => self.contents.entry(hash).or_default().0 = Some(wall),
            Record::Gone(hash) => self.contents.entry(hash).or_default().0 = None,
            Record::UploadOpened {
                hash,
                upload_id,
                part_size,
            } => {
                self.contents.entry(hash).or_default().1 = Some(OpenUpload {
                    upload_id,
                    part_size,
                    parts: Vec::new(),
                });
            }
            Record::PartStored { hash, part } => {
                if let Some(upload) = &mut self.contents.entry(hash).or_default().1 {
                    upload.parts.push(part);
                }
            }
            Record::UploadClosed(hash) => self.contents.entry(hash).or_default().1 = None,
            Record::Server(checksums) => self.server = Some(checksums),
        }
    }

    /// What is told of a content.
    pub(crate) fn look_up(&self, hash: ContentHash) -> Remembered {
        let (seen, upload) = self.contents.get(&hash).cloned().unwrap_or_default();
        Remembered { hash, seen, upload }
    }

    /// Whether it claims that the store holds this content.
    pub(crate) fn claims(&self, hash: ContentHash) -> bool {
        self.contents
            .get(&hash)
            .is_some_and(|known| known.0.is_some())
    }

    /// Hashes of a file, if it is the one that was hashed.
    pub(crate) fn hashes(&self, path: &str, size: u64, modified: i64) -> &[ContentHash] {
        self.hashes
            .get(&(path.to_owned(), size, modified))
            .map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_until_the_upload_is_closed() {
        let mut journal = Journal::default();
        let hash = ContentHash::of(b"a");
        journal.write(Record::Seen(hash), 7);
        journal.write(
            Record::UploadOpened {
                hash,
                upload_id: "u".into(),
                part_size: 5,
            },
            8,
        );
        let known = journal.look_up(hash);
        assert_eq!((known.seen, known.upload.unwrap().part_size), (Some(7), 5));
        journal.write(Record::UploadClosed(hash), 9);
        journal.write(Record::Gone(hash), 9);
        assert!(journal.look_up(hash).upload.is_none() && !journal.claims(hash));
    }
}

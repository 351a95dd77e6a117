//! Checksums of objects written through the gateway. Each is told only as long as the object has the
//! ETag that it had when it was written: one that was changed behind the gateway's back has none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::checksum::ChecksumType;

/// Checksum of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// As the server behind the gateway writes it.
    pub(crate) etag: String,
    pub(crate) checksum: String,
    pub(crate) checksum_type: ChecksumType,
}

/// By bucket and key.
#[derive(Debug, Default)]
pub(crate) struct Checksums(Mutex<HashMap<(String, String), Remembered>>);

impl Checksums {
    /// The object was written, with this checksum or without one.
    pub(crate) fn written(&self, bucket: &str, key: &str, checksum: Option<Remembered>) {
        let place = (bucket.to_owned(), key.to_owned());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match checksum {
            Some(checksum) => all.insert(place, checksum),
            None => all.remove(&place),
        };
    }

    /// The checksum of the object that has this ETag now.
    pub(crate) fn of(&self, bucket: &str, key: &str, etag: &str) -> Option<Remembered> {
        let place = (bucket.to_owned(), key.to_owned());
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&place).filter(|found| found.etag == etag).cloned()
    }
}
